#!/bin/sh
# What nndc writes for every model compiles without a warning in every language and compiler it
# promises, with and without OpenMP.
set -u
nndc=${NNDC:?}
models=${NNDC_SOURCE:?}/models
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
count=0 failed=0

compile() {
    count=$((count + 1))
    if ! "$@" -o "$work/object.o" >"$work/log" 2>&1; then
        echo "FAILED: $*"
        head -n 10 "$work/log"
        failed=1
    fi
}

for model in "$models"/*.nnd; do
    name=$(basename "$model" .nnd)
    [ "$name" != dilated_stride2 ] || continue # wrong on purpose
    "$nndc" emit "$model" -o "$work/$name" >/dev/null || { echo "FAILED: emit $name"; failed=1; }
    for source in "$work/$name"/*.c; do
        # -O0 -fsyntax-only is enough for most warnings; one optimizing compilation looks at flow.
        for cc in gcc clang; do
            command -v $cc >/dev/null || continue
            for standard in c99 c11; do
                compile $cc -std=$standard $warnings -fsyntax-only "$source"
            done
            compile $cc -std=c11 $warnings -fsyntax-only -fopenmp -march=native "$source"
        done
        for cxx in g++ clang++; do
            command -v $cxx >/dev/null || continue
            compile $cxx -x c++ -std=c++17 $warnings -fsyntax-only "$source"
        done
    done
    case $name in
    xnor | digits) compile "${NNDC_CC:-clang}" -std=c99 $warnings -O3 -c "$work/$name/${name}_trainer.c"
        compile "${NNDC_CC:-clang}" -std=c99 $warnings -O3 -c "$work/$name/$name.c" ;;
    esac
done
echo "$count compilations"
exit $failed
