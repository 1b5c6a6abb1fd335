#!/bin/sh
# Generated C compiles without a warning as C99, C11 and C++17 with gcc and clang, with OpenMP and
# without, with vectors and as plain C.
. "$(dirname "$0")/lib_e2e.sh"
write_models
# Only gcc sees more when it optimises (uninitialised variables, bounds), and once is enough for that.
quick="-fsyntax-only"
for model in $models; do
    emit $model || finish
    for file in "$model" "${model}_trainer"; do
        source=$work/$model/$file
        cp "$source.c" "$source.cc"
        for cc in $compilers; do
            must "$cc c11 $file" $cc -std=c11 $warnings $quick "$source.c"
            must "$cc plain $file" $cc -std=c99 $warnings $quick -DNN_PLAIN "$source.c"
            if [ $cc = gcc ]; then
                must "$cc c99 $file" $cc -std=c99 $warnings -O2 -c "$source.c" -o "$work/out.o"
            else
                must "$cc c99 $file" $cc -std=c99 $warnings $quick "$source.c"
            fi
            if has_openmp $cc; then
                must "$cc OpenMP $file" $cc -std=c99 $warnings $quick -fopenmp "$source.c"
            fi
            cxx=$(echo $cc | sed 's/^gcc$/g++/; s/^clang$/clang++/')
            if command -v $cxx >/dev/null; then
                must "$cxx $file" $cxx -std=c++17 $warnings $quick "$source.cc"
            else
                echo "note: no $cxx here"
            fi
        done
    done
done
finish
