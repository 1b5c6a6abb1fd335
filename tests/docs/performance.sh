#!/bin/sh
# performance.sh: the tables of docs/performance.md are those of bench/performance.json, and every
# network that bench/run measures is one that nndc takes.
source=${NNDC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
nndc=${NNDC:-$source/build/release/nndc}
if ! command -v python3 >/dev/null; then
    echo "SKIPPED: python3 makes the tables"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONDONTWRITEBYTECODE=1

mkdir "$work/docs" "$work/bench" && cp "$source"/bench/*.py "$source"/bench/run "$source"/bench/*.json "$work/bench" &&
    cp "$source/docs/performance.md" "$work/docs" || exit 1
python3 "$work/bench/run" --page || { echo "FAILED bench/run --page"; exit 1; }
if ! diff "$source/docs/performance.md" "$work/docs/performance.md"; then
    echo "FAILED docs/performance.md is not what bench/run --page writes"
    exit 1
fi

cd "$source" && python3 -c '
import sys
sys.path.insert(0, "bench")
import cases
for case in cases.CASES:
    print(case.model, *case.options)
' | while read -r model options; do
    # shellcheck disable=SC2086
    "$nndc" check "$model" $options || { echo "FAILED $model $options"; exit 1; }
done
