#!/bin/sh
# run_golden.sh: compares what nndc prints with the text beside a case.
#
#   tests/run_golden.sh                        all cases of golden/ and errors/
#   tests/run_golden.sh errors/unknown_op.nnd  these only
#   UPDATE_GOLDEN=1 tests/run_golden.sh ...    write what is printed now; read the diff afterwards
#
# errors/NAME.nnd   'nndc check' must exit with 1 and print exactly NAME.err
# golden/NAME.nnd   every neighbour NAME.KIND is one expectation:
#                   fmt and summary are commands, any other KIND is 'nndc emit --dump=KIND'
# With UPDATE_GOLDEN=1 the missing NAME.err is made; a golden neighbour is made with touch first.
cd "$(dirname "$0")" || exit 1
nndc=${NNDC:-$PWD/../build/release/nndc}
got=$(mktemp)
trap 'rm -f "$got"' EXIT
checked=0
failed=0

fail() {
    echo "FAILED $1"
    failed=$((failed + 1))
}

# compare NAME EXPECTED-FILE: "$got" against it
compare() {
    checked=$((checked + 1))
    if [ -n "$UPDATE_GOLDEN" ]; then
        cmp -s "$got" "$2" || { cp "$got" "$2" && echo "wrote $2"; }
    elif ! diff -u "$2" "$got"; then
        fail "$1"
    fi
}

run_error() {
    (cd errors && "$nndc" check "$2.nnd") >/dev/null 2>"$got"
    code=$?
    [ "$code" -eq 1 ] || { cat "$got"; fail "$1: exit code $code, expected 1"; }
    compare "$1" "errors/$2.err"
}

run_golden() {
    found=0
    for expected in golden/"$2".*; do
        kind=${expected##*.}
        case $kind in
        nnd | csv) continue ;;
        fmt | summary) set -- "$1" "$2" "$kind" ;;
        *) set -- "$1" "$2" emit "--dump=$kind" ;;
        esac
        name=$1 stem=$2
        shift 2
        found=1
        (cd golden && "$nndc" "$@" "$stem.nnd") >"$got" 2>&1 || { cat "$got"; fail "$name ($kind)"; }
        compare "$name ($kind)" "$expected"
        set -- "$name" "$stem"
    done
    [ "$found" = 1 ] || fail "$1: no expectation beside it"
}

[ $# -gt 0 ] || set -- $(ls errors/*.nnd golden/*.nnd 2>/dev/null)
for path; do
    stem=$(basename "$path" .nnd)
    case $path in
    errors/*) run_error "$path" "$stem" ;;
    golden/*) run_golden "$path" "$stem" ;;
    *) echo "not in errors/ or golden/: $path"; exit 1 ;;
    esac
done
echo "$checked comparisons, $failed failed"
[ "$failed" -eq 0 ] && [ "$checked" -gt 0 ]
