#!/bin/sh
# Address and undefined-behaviour sanitizers find nothing in a trainer or a library at work.
. "$(dirname "$0")/lib_e2e.sh"
write_models
cc=$first_compiler
flags="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
echo 'int main(void) { return 0; }' >"$work/probe.c"
$cc $flags "$work/probe.c" -o "$work/probe" 2>/dev/null && "$work/probe" || skip "$cc has no sanitizers here"
for model in $models; do
    emit $model || finish
    dir=$work/$model
    openmp=
    has_openmp $cc && openmp=-fopenmp
    must "$model builds" $cc $flags $openmp "$dir/${model}_trainer.c" -lm -o "$dir/trainer" || continue
    must "$model trains" "$dir/trainer" train --threads 2 --out "$dir/run"
    must "$model resumes" "$dir/trainer" train --threads 2 --epochs 3 --resume --out "$dir/run"
    must "$model evaluates" "$dir/trainer" eval --set train --weights "$dir/run/best.safetensors"
    must "$model benches" "$dir/trainer" bench --steps 3
    sed -n '/A complete program/,/^ \*     cc /p' "$dir/$model.h" | grep '^ \*     [^c ]\|^ \*         \|^ \*$' |
        sed 's/^ \*     \{0,1\}//; s/^ \*$//' | sed 's/^    //' >"$dir/manual.c"
    cp "$dir/run/best.safetensors" "$dir/best.safetensors"
    must "$model library builds" $cc $flags -I"$dir" "$dir/manual.c" "$dir/$model.c" -lm -o "$dir/manual" &&
        must "$model library runs" sh -c "cd '$dir' && ./manual"
done
finish
