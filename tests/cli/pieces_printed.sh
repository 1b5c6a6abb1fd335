#!/bin/sh
# Trainers carry the readers of their own sets and no others, stay small, and say what to do about
# files of another kind.
set -u
nndc=${NNDC:?}
root=${NNDC_SOURCE:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
count=0 failed=0

fail() {
    echo "FAILED: $*"
    failed=1
}

# model DATA [TRAIN [INPUT [FIRST]]]: writes net.nnd
model() {
    cat >net.nnd <<END
model net {
    input x: ${3:-f32[2]}
    target y: class[2]
    last = x ${4:-} -> flatten -> dense(2)
    scores = last -> softmax
    output scores
    loss cross_entropy(scores, y)
}
data {
    $1
}
train {
    optimizer sgd(0.1)
    epochs 1
    ${2:-}
}
END
}

# pieces LIST: the pieces of net.nnd's trainer among the optional ones, in order; no definition is left unused
optional='table|toys|digits|values|read_[a-z]*|columns|split|fit|load_parts'
pieces() {
    count=$((count + 1))
    "$nndc" emit net.nnd -o out >log 2>&1 || { fail "emit"; cat log; return; }
    found=$(sed -nE "s,^/\* ---- runtime/($optional)\.h ---- \*/\$,\1,p" out/net_trainer.c | tr "\n" " ")
    [ "$found" = "$1 " ] || fail "'$1' expected, '$found' found for:" "$(sed -n '/^data/,$p' net.nnd)"
    for cc in gcc clang; do
        command -v $cc >/dev/null || continue
        $cc -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only out/net_trainer.c 2>log ||
            { fail "$cc warns for:" "$(sed -n '/^data/,$p' net.nnd)"; head -n 4 log; }
    done
}

model 'train = idx("x.idx", "y.idx")';           pieces 'values read_idx'
model 'train = npy("x.npy", "y.npy")';           pieces 'values read_npy'
model 'train = safetensors("x.safetensors")';    pieces 'values read_safetensors'
model 'train = csv("x.csv")';                    pieces 'columns read_csv'
model 'train = cifar10("a.bin")' '' 'u8[32, 32, 3]' '/ 255'
sed -i 's/class\[2\]/class[10]/; s/dense(2/dense(10/' net.nnd;  pieces 'values read_cifar'
model 'train = images("pictures")' '' 'u8[8, 8, 1]' '/ 255';    pieces 'values read_safetensors'
# Sets that need no file: then predict reads CSV.
model 'train = table { [0, 1] -> 1 [1, 0] -> 0 }';         pieces 'columns read_csv table'
model 'train = spiral(50)';                      pieces 'columns read_csv toys'
model 'train = digits(50)' '' 'u8[28, 28, 1]' '/ 255'
sed -i 's/class\[2\]/class[10]/; s/dense(2/dense(10/' net.nnd;  pieces 'columns read_csv digits'
# What else a model may ask for.
model 'train = csv("x.csv")
    test = split(train, 0.2)' 'stop_when reached(train.loss, 0.1)'; pieces 'columns read_csv split'
model 'train = csv("x.csv")' '' 'f32[2]' '-> standard_scale';       pieces 'columns read_csv fit'
model 'train = csv("x.csv")' 'weights "w.safetensors", part = last'; pieces 'columns read_csv load_parts'

# Of training and evaluation:
optional='params|metrics|labels|regression|norms|schedule|stops|lbfgs|classes'
model 'train = csv("x.csv")';                    pieces 'classes'
sed -i '1i param rate = 0.1' net.nnd;            pieces 'params classes'
model 'train = csv("x.csv")'
sed -i 's/class.2./f32[1]/; s/ -> softmax//; s/dense(2)/dense(1)/; s/cross_entropy/mean_squared_error/' net.nnd
pieces 'metrics regression'
sed -i 's/mean_squared_error/binary_cross_entropy/; s/dense(1)/dense(1) -> sigmoid/' net.nnd
pieces 'metrics labels'
model 'train = csv("x.csv")' 'stop_when reached(train.loss, 0.1)'; pieces 'classes stops'
model 'train = csv("x.csv")' 'gradient_norms true';                pieces 'norms classes'
model 'train = csv("x.csv")' 'schedule cosine()';                  pieces 'schedule classes'
model 'train = csv("x.csv")'
sed -i 's/sgd(0.1)/lbfgs/' net.nnd;                                pieces 'classes lbfgs'
sed -i 's/^    loss .*/&\n    metric f1(scores, y)/' net.nnd;     pieces 'metrics classes lbfgs'

# ---- size
"$nndc" emit "$root/models/mnist_cnn.nnd" -o cnn >log 2>&1 || fail "emit mnist_cnn"
runtime=$(sed '/^\/\* ---- training step ---- \*\/$/,$d' cnn/mnist_cnn_trainer.c | wc -c)
whole=$(wc -c <cnn/mnist_cnn_trainer.c)
echo "mnist_cnn_trainer.c: $whole bytes, $runtime of them from runtime/"
[ "$runtime" -gt 20000 ] && [ "$runtime" -le 218400 ] || fail "the runtime part has $runtime bytes"
[ "$whole" -le 360000 ] || fail "the trainer has $whole bytes"

# ---- files of another kind
# say CODE PATTERN ARGUMENT...
say() {
    count=$((count + 1))
    code=$1 pattern=$2
    shift 2
    "$@" >said 2>&1
    got=$?
    if [ $got -ne "$code" ] || ! grep -qF -- "$pattern" said; then
        fail "$*: exit code $got (expected $code), expected '$pattern':"
        head -n 5 said
    fi
}

model 'train = idx("x.idx", "y.idx")'
printf '\000\000\015\002\000\000\000\002\000\000\000\002\077\200\000\000\000\000\000\000\000\000\000\000\077\200\000\000' >x.idx
printf '\000\000\010\001\000\000\000\002\000\001' >y.idx
printf '1,0\n0,1\n' >x.csv
printf '\223NUMPY\001\000' >x.npy
printf '\010\000\000\000\000\000\000\000{}      ' >x.safetensors
"$nndc" build net.nnd -o net >log 2>&1 || fail "build: $(cat log)"
say 0 'weights: runs/net/best.safetensors' ./net train
say 0 '0 ' ./net predict x.idx
say 0 'reads IDX' ./net predict --help
say 2 "'x.csv' is not a file that this trainer reads (IDX); for others write a set of that kind in the \
data section of 'net.nnd', such as 'test = csv(\"x.csv\")', and run 'nndc build net.nnd'" ./net predict x.csv
printf '\211PNG\r\n\032\n' >x.png
say 2 "in the data section of 'net.nnd', and run" ./net predict x.png
say 2 "'test = npy(\"x.npy\")'" ./net predict x.npy
say 2 "'test = safetensors(\"x.safetensors\")'" ./net train --source train=x.safetensors
say 2 "'test = csv(\"x.csv\")'" ./net eval --source train=x.csv,y.idx --set train
say 3 "cannot read 'none.idx'" ./net predict none.idx
say 0 'weights: ' ./net train --source train=x.idx,y.idx
# An unpacked neighbour stands for a packed file.
say 0 'weights: ' ./net train --source train=x.idx.gz,y.idx.gz
gzip -c x.csv >z.csv.gz
say 3 "'z.csv.gz' is compressed with gzip; unpack it first" ./net predict z.csv.gz
say 3 "'z.csv.gz' is compressed with gzip; unpack it first" ./net train --source train=z.csv.gz,y.idx

# A trainer with sets of two kinds takes either for any of them.
model 'train = csv("t.csv")
    test = idx("x.idx", "y.idx")'
printf '1,0,0\n0,1,1\n' >t.csv
"$nndc" build net.nnd -o net >log 2>&1 || fail "build: $(cat log)"
say 0 'weights: ' ./net train
say 0 '0 ' ./net predict x.csv
say 0 '0 ' ./net predict x.idx
say 0 'weights: ' ./net train --source train=x.idx,y.idx
say 2 "this trainer reads (CSV, IDX)" ./net predict x.npy

# Without a set from files, predict reads CSV and no set can be replaced.
model 'train = table { [0, 1] -> 1 [1, 0] -> 0 }'
"$nndc" build net.nnd -o net >log 2>&1 || fail "build: $(cat log)"
say 0 'weights: ' ./net train
say 0 '1 ' ./net predict x.csv
say 2 "'test = idx(\"x.idx\")'" ./net predict x.idx
say 2 'so --source cannot replace it' ./net train --source train=x.csv
echo "$count checks"
exit $failed
