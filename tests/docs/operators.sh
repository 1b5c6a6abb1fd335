#!/bin/sh
# operators.sh: docs/operators.md is what 'nndc help --manual' prints. UPDATE_GOLDEN=1 writes it anew.
source=${NNDC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
nndc=${NNDC:-$source/build/release/nndc}
page=$source/docs/operators.md
printed=$(mktemp)
trap 'rm -f "$printed"' EXIT

"$nndc" help --manual >"$printed" || exit 1
if [ -n "$UPDATE_GOLDEN" ]; then
    cmp -s "$printed" "$page" || { cp "$printed" "$page" && echo "wrote $page"; }
elif ! diff -u "$page" "$printed"; then
    echo "docs/operators.md is old; UPDATE_GOLDEN=1 sh tests/docs/operators.sh prints it anew"
    exit 1
fi
