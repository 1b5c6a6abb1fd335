#!/bin/sh
# Generated C compiles without a warning as C99, C11 and C++17 with gcc and clang, with OpenMP and
# without, with vectors and as plain C.
. "$(dirname "$0")/lib_e2e.sh"
write_models
for model in $models; do
    emit $model || finish
    for file in "$model" "${model}_trainer"; do
        source=$work/$model/$file
        cp "$source.c" "$source.cc"
        for cc in $compilers; do
            for std in c99 c11; do
                must "$cc $std $file" $cc -std=$std $warnings -O1 -c "$source.c" -o "$work/out.o"
            done
            must "$cc plain $file" $cc -std=c99 $warnings -O1 -DNN_PLAIN -c "$source.c" -o "$work/out.o"
            if has_openmp $cc; then
                must "$cc OpenMP $file" $cc -std=c99 $warnings -O1 -fopenmp -c "$source.c" -o "$work/out.o"
            fi
            cxx=$(echo $cc | sed 's/^gcc$/g++/; s/^clang$/clang++/')
            if command -v $cxx >/dev/null; then
                must "$cxx $file" $cxx -std=c++17 $warnings -O1 -c "$source.cc" -o "$work/out.o"
            else
                echo "note: no $cxx here"
            fi
        done
    done
done
finish
