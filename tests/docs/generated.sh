#!/bin/sh
# The samples in generated/ are what nndc writes today. UPDATE_GOLDEN=1 refreshes them; read the
# difference as if someone else had written it.
set -u
NNDC_SOURCE=${NNDC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
NNDC=${NNDC:-$NNDC_SOURCE/build/release/nndc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0 count=0
for sample in "$NNDC_SOURCE"/generated/*/*.[ch]; do
    [ -f "$sample" ] || continue
    file=${sample##*/}
    model=${sample%/*}
    model=${model##*/}
    if [ ! -d "$work/$model" ]; then
        "$NNDC" emit "$NNDC_SOURCE/models/$model.nnd" -o "$work/$model" >"$work/log" 2>&1 || {
            echo "cannot emit models/$model.nnd"
            cat "$work/log"
            failed=1
            mkdir -p "$work/$model"
        }
    fi
    count=$((count + 1))
    if [ -n "${UPDATE_GOLDEN:-}" ]; then
        cp "$work/$model/$file" "$sample"
    elif ! diff -u "$sample" "$work/$model/$file" >"$work/diff"; then
        echo "generated/$model/$file is stale: UPDATE_GOLDEN=1 refreshes it"
        head -n 40 "$work/diff"
        failed=1
    fi
done
echo "$count samples"
[ "$failed" -eq 0 ] && [ "$count" -gt 0 ]
