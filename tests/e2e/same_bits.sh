#!/bin/sh
# The same weights and history to the bit after two epochs: with 1, 2 and 4 threads, and without
# OpenMP. Each compiler is compared with itself.
. "$(dirname "$0")/lib_e2e.sh"
write_models
for model in $models; do
    emit $model || finish
    for cc in $compilers; do
        dir=$work/$model
        must "$cc builds $model without OpenMP" \
            $cc -O3 "$dir/${model}_trainer.c" -lm -o "$dir/serial" || continue
        must "$model trains" "$dir/serial" train --out "$dir/run_serial" || continue
        if ! has_openmp $cc; then
            echo "note: $cc has no OpenMP here"
            continue
        fi
        must "$cc builds $model with OpenMP" \
            $cc -O3 -fopenmp "$dir/${model}_trainer.c" -lm -o "$dir/parallel" || continue
        for threads in 1 2 4; do
            run=$dir/run_$threads
            must "$model trains with $threads threads" \
                "$dir/parallel" train --threads $threads --out "$run" || continue
            same_runs "$cc $model with $threads threads" "$dir/run_serial" "$run"
        done
        rm -rf "$dir"/run_*
    done
done
finish
