#!/bin/sh
# Every runtime piece compiles alone, without a warning, in each language and compiler that the
# generated C promises, with vectors and without, with OpenMP and without.
set -u
root=${NNDC_SOURCE:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# A piece alone defines what others use; that nndc prints nothing without use is shown by no_warnings.sh.
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Wno-unused-function"
warnings="$warnings -Wno-unused-const-variable -Wno-unused-variable"
failed=0 count=0

# compile LABEL COMPILER...: one translation unit from stdin's file
compile()
{
    count=$((count + 1))
    if ! "$@" >"$work/log" 2>&1; then
        echo "failed: $*"
        head -n 8 "$work/log"
        failed=1
    fi
}

files=$(sed -n 's/^PIECE([a-z0-9_]*, *"\([^"]*\)".*/\1/p' "$root/runtime/pieces.def")
[ -n "$files" ] || { echo "pieces.def lists nothing"; exit 1; }
{
    for file in $files; do
        # A header is not a main file: compilers warn less in it. A copy under another name is one.
        echo "/* $file */"
        grep -v '^#include "' "$root/runtime/$file"
    done
    echo 'int main(void) { return 0; }'
} >"$work/all.c"
cp "$work/all.c" "$work/all.cc"
for cc in gcc clang; do
    command -v $cc >/dev/null || { echo "note: no $cc here"; continue; }
    for std in c99 c11; do
        compile $cc -std=$std $warnings -O1 -c "$work/all.c" -o "$work/all.o"
    done
    compile $cc -std=c11 $warnings -O1 -DNN_PLAIN -c "$work/all.c" -o "$work/all.o"
    echo 'int main(void){return 0;}' >"$work/omp.c"
    if $cc -fopenmp "$work/omp.c" -o "$work/omp" 2>/dev/null; then
        compile $cc -std=c11 $warnings -O1 -fopenmp -c "$work/all.c" -o "$work/all.o"
    fi
    for file in $files; do
        [ "$file" = posix.h ] && continue # holds macros only
        cp "$root/runtime/$file" "$work/piece.c"
        compile $cc -std=c99 $warnings -fsyntax-only -I"$root/runtime" \
            -include posix.h "$work/piece.c"
    done
done
for cxx in g++ clang++; do
    command -v $cxx >/dev/null || { echo "note: no $cxx here"; continue; }
    compile $cxx -std=c++17 $warnings -O1 -c "$work/all.cc" -o "$work/all.o"
done
echo "$count compilations"
exit $failed
