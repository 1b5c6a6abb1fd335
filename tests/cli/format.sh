#!/bin/sh
# `nndc fmt`: the models of the project have the canonical layout; -w replaces a file, --check only
# tells; a file with errors is left alone.
set -u
failed=0
fail() {
    echo "FAILED: $1"
    failed=1
}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1

for model in "$NNDC_SOURCE"/models/*.nnd "$NNDC_SOURCE"/models/reference/*.nnd; do
    "$NNDC" fmt --check "$model" >/dev/null || fail "$model is not in canonical layout"
done

# The layout does not depend on the line ends of the source.
for model in "$NNDC_SOURCE"/models/*.nnd "$NNDC_SOURCE"/models/reference/*.nnd; do
    grep -v '#' "$model" | grep -v '^ *$' >plain.nnd
    tr '\n' ' ' <plain.nnd >one_line.nnd
    tr ' ' '\n' <plain.nnd >many_lines.nnd
    "$NNDC" fmt plain.nnd | grep -v '^ *$' >expected
    "$NNDC" fmt one_line.nnd | grep -v '^ *$' >got
    cmp -s expected got || fail "$model on one line has another layout"
    "$NNDC" fmt many_lines.nnd | grep -v '^ *$' >got
    cmp -s expected got || fail "$model with a word a line has another layout"
done

printf 'let   a=1 # one\n' >small.nnd
"$NNDC" fmt --check small.nnd >/dev/null 2>&1 && fail "--check accepts another layout"
"$NNDC" fmt -w small.nnd || fail "-w fails"
[ "$(cat small.nnd)" = "let a = 1  # one" ] || fail "-w writes something else"
"$NNDC" fmt --check small.nnd >/dev/null || fail "--check refuses the canonical layout"

printf 'let a = (\n' >broken.nnd
cp broken.nnd before.nnd
"$NNDC" fmt -w broken.nnd 2>/dev/null
[ $? -eq 1 ] || fail "a file with errors does not give exit code 1"
cmp -s broken.nnd before.nnd || fail "a file with errors is changed"
[ "$failed" -eq 0 ] && echo "ok"
exit "$failed"
