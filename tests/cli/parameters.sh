#!/bin/sh
# -P NAME=VALUE: takes a value of the parameter's domain, refuses any other with exit code 1. What was
# trained with it goes on with it.
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

# ---- runs
export XDG_CACHE_HOME="$directory/cache"
cat >run.nnd <<'END'
param units: int in 1..9 = 2
param act: choice(relu, tanh) = relu
param rate: real in 1e-4..1 log = 1e-1
param wide: bool = false
model run {
    input x: f32[2]
    target y: class[2]
    s = x -> dense(units) -> act -> dense(2) -> softmax
    output s
    loss cross_entropy(s, y)
}
data {
    train = xor(20, noise = 0.1, seed = 1)
}
train { optimizer adam(rate) batch 10 epochs 1 }
END
# expect CODE PATTERN ARGUMENT...: runs nndc; the pattern stands in what it prints. The fixed strings of
# the messages are compared, so that a value cannot be missed.
expect() {
    code=$1 pattern=$2
    shift 2
    "$@" >out 2>&1
    got=$?
    [ "$got" -eq "$code" ] && grep -qF -e "$pattern" out ||
        { head -n 5 out; fail "$*: exit code $got, expected $code and '$pattern'"; }
}
best=runs/run/best.safetensors last=runs/run/last.checkpoint
expect 0 "weights: $best" "$NNDC" train run.nnd -P units=5 -P rate=5e-2
grep -qF '"params": {"units": 5, "act": "relu", "rate": 0.05, "wide": false},' runs/run/config.json ||
    fail "config.json has the parameters"
note="was trained with -P units=5 -P rate=0.05; the same is taken here"
printf '0.5,0.5\n' >points.csv
expect 0 "note: '$best' $note" "$NNDC" eval run.nnd
expect 0 "note: '$best' $note" "$NNDC" predict run.nnd points.csv
expect 0 "note: '$best' $note" "$NNDC" emit run.nnd -o c --weights $best
expect 3 "'dense_1.kernel' is [2, 5] in the file and [2, 4] in the network" \
    "$NNDC" emit run.nnd -P units=4 -o unwritten --weights $best
[ ! -e unwritten ] || fail "emit writes nothing when the weights do not fit"
expect 0 "note: '$last' $note" "$NNDC" train run.nnd --resume --epochs 2
grep -q '"units": 5' runs/run/config.json || fail "a run that goes on keeps its parameters"
expect 0 'samples' "$NNDC" eval run.nnd -P units=5 -P rate=0.05
grep -q 'note' out && fail "a note about parameters that are the same"
expect 0 'was trained with -P act=relu, this trainer was made with -P act=tanh' "$NNDC" eval run.nnd -P act=tanh
expect 3 'these weights were trained with -P units=5, this trainer was made with -P units=4' \
    "$NNDC" eval run.nnd -P units=4
expect 2 "the run of '$last' was trained with -P units=5, this trainer was made with -P units=4" \
    "$NNDC" train run.nnd --resume -P units=4
expect 3 'these weights were trained with -P units=5' "$NNDC" train run.nnd --weights $best --out on
expect 0 'program' "$NNDC" build run.nnd -o program
expect 3 'these weights were trained with -P units=5' ./program eval
expect 2 'was trained with -P units=5' ./program train --resume
"$NNDC" train run.nnd --out plain >out 2>&1
expect 0 'samples' "$NNDC" eval run.nnd --weights plain/best.safetensors
grep -q 'note' out && fail "a note about a run with defaults"
# The domain may have changed since.
sed -i 's/1\.\.9/1..4/' run.nnd
expect 1 "'units' is set to 5, outside 'int in 1..4'" "$NNDC" eval run.nnd
[ "$failed" -eq 0 ] && echo "ok"
exit "$failed"
