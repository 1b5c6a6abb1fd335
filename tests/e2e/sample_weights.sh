#!/bin/sh
# Weights of samples from columns, NPY, safetensors and the file itself: the first loss is the one
# computed by hand, training with weights 2, 0, 1 is training with the first sample twice and the third
# once, and a target that only weighs is no answer in the evaluation.
. "$(dirname "$0")/lib_e2e.sh"
cd "$work" || exit 1

# model NAME WEIGHT DATA: y = w * x + b from zero; the weights of samples are called weight.
model()
{
    cat >"$1.nnd" <<END
model $1 {
    input x: f32[1]
    target weight: f32[1]
    target t: f32[1]
    y = x -> dense(1, kernel_init = zeros)
    output y
    loss mean_squared_error(y, t$2)
    metric plain = mean_squared_error(y, t)
}
data { train = $3 }
train { optimizer adam(0.1) batch 3 epochs 20 shuffle false }
END
    must "build $1" "$NNDC" build "$1.nnd" -o "$1" && must "train $1" ./"$1" train --out "run_$1"
}

# x 1, 2, 3; weights 2, 0, 1; targets 3, 5, -1
printf 't;number;weight;x\n3;1;2;1\n5;2;0;2\n-1;3;1;3\n' >t.csv
npy()
{
    printf '\223NUMPY\001\000\166\000%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1), }"
}
x='\000\000\200\077\000\000\000\100\000\000\100\100'
weight='\000\000\000\100\000\000\000\000\000\000\200\077'
t='\000\000\100\100\000\000\240\100\000\000\200\277'
for port in x weight t; do
    eval "values=\$$port"
    { npy; printf "$values"; } >$port.npy
done
header='{"t":{"dtype":"F32","shape":[3,1],"data_offsets":[0,12]},"weight":{"dtype":"F32","shape":[3],"data_offsets":[12,24]},"x":{"dtype":"F32","shape":[3,1],"data_offsets":[24,36]}}'
{ printf "\\$(printf %o ${#header})\\000\\000\\000\\000\\000\\000\\000%s" "$header"; printf "$t$weight$x"; } >t.safetensors

weighted=', sample_weight = weight'
model given "$weighted" 'table { [1] -> 2, 3  [2] -> 0, 5  [3] -> 1, -1 }'
model columns "$weighted" 'csv("t.csv", separator = ";", header = true, inputs = "x", targets = ["weight", "t"])'
model npy "$weighted" 'npy("x.npy", "weight.npy", "t.npy")'
model tensors "$weighted" 'safetensors("t.safetensors")'
model twice '' 'table { [1] -> 9, 3  [1] -> 9, 3  [3] -> 9, -1 }'
results()
{
    sed 's/,[^,]*$//' "run_$1/history.csv" >"$1.csv" # without the seconds
}
results given
for run in columns npy tensors; do
    results $run
    same "weights from $run" given.csv $run.csv
done

# The first step: (2 * 9 + 0 * 25 + 1 * 1) / 3 samples.
first=$(sed -n 2p run_given/history.csv | cut -d , -f 2)
case $first in 6.33333*) pass ;; *) miss "first loss '$first'" ;; esac
# Sums are the same, but not in the same order: close, not equal to the bit.
for run in given twice; do
    sed 1d run_$run/history.csv | cut -d , -f 2 >$run.loss
done
paste given.loss twice.loss | awk '{ d = $1 - $2; if (d * d > 1e-9 * $2 * $2) exit 1; n++ } END { exit n != 20 }' &&
    pass || miss "weights 2, 0, 1 are not the first sample twice and the third once"

# y is compared with t, though the weights have its shape and stand before it.
./given eval --json --weights run_given/best.safetensors >said 2>&1
plain=$(sed -n 's/.*"plain": \([0-9.e-]*\).*/\1/p' said)
found=$(sed -n 's/.*"values": {"y": {"mean_squared_error": \([0-9.e-]*\).*/\1/p' said)
[ -n "$plain" ] && awk -v a="$plain" -v b="$found" 'BEGIN { d = a - b; exit !(d * d < 1e-8 * a * a) }' &&
    pass || miss "evaluation compares y with t: '$plain' '$found'"

# Neither predict nor the library ask for weights.
printf 'x\n2\n' >two.csv
must "predicts without weights" ./columns predict two.csv --weights run_columns/best.safetensors
must "emits the library" "$NNDC" emit given.nnd -o lib
grep -rl weight lib | xargs grep -l 'const float \*weight,' >/dev/null && miss "weights in the library" || pass

# ---- wrong files ----
printf 't;number;x\n3;1;1\n' >none.csv
./columns train --source train=none.csv --out other >said 2>&1 && miss "a missing column" ||
    { grep -q "weight" said && pass || { miss "a missing column"; cat said; }; }
printf 't;number;weight;x\n3;1;;1\n' >empty.csv
./columns train --source train=empty.csv --out other >said 2>&1 && miss "a missing weight" ||
    { grep -q "empty.csv:2" said && pass || { miss "a missing weight"; cat said; }; }
finish
