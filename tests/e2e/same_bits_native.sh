#!/bin/sh
# What 'nndc build' makes for this machine gives the same bits with 1, 2 and 4 threads and as the same
# text compiled with the same flags but OpenMP.
. "$(dirname "$0")/lib_e2e.sh"
write_models
for cc in $compilers; do
    has_openmp $cc || { echo "note: $cc has no OpenMP here"; continue; }
    for model in $models; do
        emit $model || finish
        dir=$work/$model
        must "nndc build with $cc" env CC=$cc XDG_CACHE_HOME="$work/cache" "$NNDC" build \
            "$work/$model.nnd" -o "$dir/trainer" || continue
        must "$cc builds $model without OpenMP" $cc -std=gnu11 -O3 -march=native -fno-math-errno \
            -fno-trapping-math "$dir/${model}_trainer.c" -lm -o "$dir/serial" || continue
        must "$model trains" "$dir/serial" train --out "$dir/run_serial" || continue
        for threads in 1 2 4; do
            must "$model trains with $threads threads" \
                "$dir/trainer" train --threads $threads --out "$dir/run_$threads" || continue
            same_runs "$cc $model with $threads threads" "$dir/run_serial" "$dir/run_$threads"
        done
        rm -rf "$dir"/run_*
    done
done
finish
