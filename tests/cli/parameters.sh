#!/bin/sh
# -P NAME=VALUE: takes a value of the parameter's domain, refuses any other with exit code 1.
set -u
failed=0
fail() {
    echo "FAILED: $1"
    failed=1
}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1

cat >net.nnd <<'END'
param units: int in 1..9 = 2
param act: choice(relu, tanh) = relu
model net {
    input x: f32[4]
    y = x -> dense(units) -> act
    output y
}
END
expect_code() {
    code=$1
    shift
    "$NNDC" check net.nnd "$@" >out 2>err
    [ $? -eq "$code" ] || { cat err; fail "exit code of: check net.nnd $*"; }
}
expect_code 0
expect_code 0 -P units=9 -P act=tanh
expect_code 1 -P units=10
grep -q "error: 'units' is set to 10, outside 'int in 1..9'" err || fail "message about the range"
expect_code 1 -P act=sigmoid
grep -q "error: 'act' is set to 'sigmoid', outside 'choice(relu, tanh)'" err ||
    fail "message about the choices"
[ "$(grep -c 'error:' err)" -eq 1 ] || fail "a wrong choice is one mistake"
expect_code 1 -P unit=3
grep -q "did you mean 'units'" err || fail "suggestion"
"$NNDC" summary net.nnd -P units=7 | grep -q '\[7\]' || fail "the summary shows another size"
[ "$failed" -eq 0 ] && echo "ok"
exit "$failed"
