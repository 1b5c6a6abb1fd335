#!/bin/sh
# The memory plan of every model: peak at most 1.10 times the lower bound, in each of its programs.
set -u
nndc=${NNDC:?}
models=${NNDC_SOURCE:?}/models
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
count=0 failed=0

fail() {
    echo "FAILED: $1"
    failed=1
}

for model in "$models"/*.nnd; do
    name=$(basename "$model" .nnd)
    [ "$name" != dilated_stride2 ] || continue # wrong on purpose
    "$nndc" summary --json "$model" >"$work/summary" || fail "summary $name"
    ratios=$(sed -n 's/.*"ratio": \([0-9.]*\).*/\1/p' "$work/summary")
    [ -n "$ratios" ] || fail "$name: summary shows no memory"
    for ratio in $ratios; do
        count=$((count + 1))
        awk "BEGIN { exit !($ratio <= 1.10) }" || fail "$name: peak is $ratio times the lower bound"
    done
done
echo "$count programs"
[ "$count" -ge 20 ] || fail "too few programs were measured"
exit $failed
