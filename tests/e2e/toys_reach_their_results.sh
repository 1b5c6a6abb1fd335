#!/bin/sh
# The small models reach the results that their comments state, within a minute.
set -u
nndc=${NNDC:?}
models=${NNDC_SOURCE:?}/models
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# reaches MODEL SET LEAST: the accuracy in metrics.json of the finished run
reaches() {
    "$nndc" train "$models/$1.nnd" --out "$work/$1" >"$work/log" 2>&1 ||
        { echo "FAILED: training $1"; tail -n 5 "$work/log"; failed=1; return; }
    value=$(tr -d '\n' <"$work/$1/metrics.json" |
        sed -n "s/.*\"$2\": *{[^}]*\"accuracy\": *\([0-9.e+-]*\).*/\1/p")
    if [ -z "$value" ] || ! awk "BEGIN { exit !($value >= $3) }"; then
        echo "FAILED: $1: accuracy '$value' of $2, expected at least $3"
        failed=1
    else
        echo "$1: $value"
    fi
}

reaches xnor train 1.0
reaches circle test 0.95
reaches xor test 0.95
reaches gaussian test 0.98
reaches spiral test 0.95
exit $failed
