#!/bin/sh
# The command line: what is printed where, and the exit code, for right and wrong use.
set -u
nndc=${NNDC:?}
models=${NNDC_SOURCE:?}/models
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
cd "$work" || exit 1
count=0 failed=0

matches() {
    if [ -z "$1" ]; then [ ! -s "$2" ]; else grep -qE -- "$1" "$2"; fi
}

# expect CODE STREAM PATTERN ARGUMENT...: runs nndc; STREAM is out or err, PATTERN a grep -E; an
# empty pattern stands for an empty stream
expect() {
    code=$1 stream=$2 pattern=$3
    shift 3
    count=$((count + 1))
    "$nndc" "$@" >out 2>err
    got=$?
    if [ $got -ne "$code" ] || ! matches "$pattern" "$stream"; then
        echo "FAILED: nndc $*: exit code $got (expected $code), $stream (expected '$pattern'):"
        head -n 5 "$stream"
        failed=1
    fi
}

expect 0 out '^nndc [0-9]+\.[0-9]+' --version
expect 0 out '^  summary ' --help
expect 2 err '^  summary '
expect 2 err "no command 'sumary'; did you mean 'summary'" sumary
expect 2 err "no option '--jsn'; did you mean '--json'" summary "$models/xnor.nnd" --jsn
expect 2 err "option '--param' needs NAME=VALUE, found 'x'" check -P x "$models/xnor.nnd"
expect 2 err "option '--batch' needs a whole number" emit --batch 0 "$models/xnor.nnd"
expect 2 err "needs a value: DIR" train "$models/xnor.nnd" --data
expect 2 err "needs a .nnd file" check
expect 2 err "needs one .nnd file, found 2" summary "$models/xnor.nnd" "$models/xor.nnd"
expect 3 err "cannot read 'nowhere.nnd': No such file" check nowhere.nnd
expect 3 err "cannot read '$work': it is a directory" check "$work"
expect 3 err "cannot read '.': it is a directory" check .
cp "$models/xnor.nnd" kept.nnd
expect 2 err "the program would replace its model" build kept.nnd -o ./kept.nnd
expect 0 out "kept.nnd: ok" check kept.nnd
printf 'model m {\000 }' >zero.nnd
expect 1 err "not a text file" check zero.nnd

cat >scores.nnd <<'EOF'
model scores {
    input x: f32[4]
    target t: class[3]
    s = x -> dense(3)
    output s
    loss cross_entropy(s, t)
}
EOF
expect 0 err "warning: .* 's' does not come from 'softmax'" check scores.nnd
sed 's/dense(3)/dense(3) -> log_softmax/' scores.nnd >logs.nnd
expect 0 err "warning: .* 's' does not come from 'softmax'" check logs.nnd

expect 0 out "xnor.nnd: ok" check "$models/xnor.nnd"
expect 1 err "there is no parameter|no param" check "$models/xnor.nnd" -P nothing=1
expect 1 err "extent.* 33" check "$models/dilated_stride2.nnd"

expect 0 out '^nndc train - ' help train
expect 0 out '^nndc fmt - ' fmt --help
expect 0 out 'dilation' help conv2d
expect 2 err "did you mean 'conv2d'" help conv2
expect 0 out '^  dense ' help

for model in "$models"/*.nnd; do
    expect 0 out '^# ' fmt "$model"
    expect 0 out '' fmt --check "$model"
done
for model in "$models"/reference/*.nnd; do
    expect 0 out ': ok$' check "$model"
done
sed 's/  */ /g' "$models/xnor.nnd" >messy.nnd
expect 1 out 'messy.nnd: not in the canonical layout' fmt --check messy.nnd
expect 0 out '' fmt -w messy.nnd
cmp -s messy.nnd "$models/xnor.nnd" || { echo "FAILED: fmt -w does not restore xnor.nnd"; failed=1; }
echo 'param  a = 1' >private.nnd
chmod 640 private.nnd
ln -s private.nnd linked.nnd
expect 0 out '' fmt -w linked.nnd
ls -l private.nnd | grep -q '^-rw-r-----' && [ -L linked.nnd ] && [ "$(cat private.nnd)" = 'param a = 1' ] ||
    { echo "FAILED: fmt -w changes the mode of a file, or replaces a link"; failed=1; }
expect 2 err 'exclude each other' fmt -w --check messy.nnd

expect 0 out '^total +130,890' summary "$models/mnist_cnn.nnd"
expect 0 out '"kind": "total", "name": "mnist_cnn", "parameters": 130890' summary --json "$models/mnist_cnn.nnd"
for size in 256 248 124 108 54 22 11; do
    expect 0 out "\[$size, $size, " summary "$models/dilated.nnd"
done

expect 0 out 'xnor_trainer\.c' emit "$models/xnor.nnd" -o made
for file in xnor.h xnor.c xnor_trainer.c; do
    [ -s "made/$file" ] || { echo "FAILED: emit made no $file"; failed=1; }
done
expect 0 out 'by F\([24]x[24], 3x3\)' emit --dump=graph "$models/mnist_cnn.nnd"
expect 0 out 'winograd_kernel' emit --dump=graph --numerics fast "$models/mnist_cnn.nnd"
expect 0 out 'contract' emit --dump=graph --numerics exact "$models/mnist_cnn.nnd"
! grep -q -e winograd -e 'by F' out || { echo "FAILED: exact numerics use Winograd"; failed=1; }
sed 's/^train {/train { numerics exact/' "$models/mnist_cnn.nnd" >exact.nnd
expect 0 out 'contract' emit --dump=graph exact.nnd
! grep -q -e winograd -e 'by F' out || { echo "FAILED: 'numerics exact' uses Winograd"; failed=1; }
expect 0 out 'winograd_kernel' emit --dump=graph --numerics fast exact.nnd
expect 2 err "option '--numerics' needs fast or exact, found 'slow'" emit --numerics slow exact.nnd
expect 2 err "nothing to dump is called 'grph'" emit --dump=grph "$models/xnor.nnd"
expect 0 out 'dense' emit --dump=graph "$models/xnor.nnd"
: >occupied
expect 3 err "occupied" emit "$models/xnor.nnd" -o occupied/below
[ ! -e /dev/full ] || { "$nndc" help >/dev/full 2>err; [ $? -eq 3 ] || { echo "FAILED: full disk"; failed=1; }; }

CC=false expect 3 err 'the command was' build "$models/xnor.nnd"
CC=/no/compiler expect 3 err "cannot run '/no/compiler'" build "$models/xnor.nnd"
XDG_CACHE_HOME="$work/occupied/cache" expect 3 err 'cannot make the directory' build "$models/xnor.nnd"
expect 0 out '/xnor$' build "$models/xnor.nnd"
first=$(cat out)
expect 0 out '/xnor$' build "$models/xnor.nnd"
[ "$first" = "$(cat out)" ] || { echo "FAILED: the second build is not the first"; failed=1; }
expect 0 out 'xnor$' build "$models/xnor.nnd" -o ./xnor
[ -x xnor ] || { echo "FAILED: build -o made no program"; failed=1; }
./xnor bench --steps 3 --profile >out 2>&1 && grep -q 'too short to time its kernels; peak of' out ||
    { echo "FAILED: the profile of a step that is too short"; failed=1; }
expect 0 out 'hoda$' build "$models/hoda_mlp.nnd" -o ./hoda
for threads in 1 2; do # every kernel of the printed step has a line of its own
    ./hoda bench --steps 3 --threads $threads --profile >out 2>&1 && grep -q ' %  d_dense_2_kernel_backward$' out &&
        [ "$(grep -c ' % .* %  [a-z0-9_]*$' out)" -eq "$(sed -n 's/.* us in \([0-9]*\) kernels; .*/\1/p' out)" ] ||
        { echo "FAILED: the profile of a step on $threads threads"; failed=1; }
done
expect 3 err "cannot read '$work/t10k-images-idx3-ubyte.gz'|cannot read '.*train-images-idx3-ubyte.gz'" \
    train "$models/mnist_mlp.nnd" --data "$work"
printf 'no gzip' >train-images-idx3-ubyte.gz
for file in train-labels-idx1-ubyte t10k-images-idx3-ubyte t10k-labels-idx1-ubyte; do
    cp train-images-idx3-ubyte.gz $file.gz
done
expect 3 err 'it is not a gzip file' train "$models/mnist_mlp.nnd" --data "$work"

echo "$count checks"
exit $failed
