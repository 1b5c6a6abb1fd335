#!/bin/sh
# The large reference networks have the sizes that are published for them, layer by layer, a memory
# plan at its lower bound, and training touches only what is not frozen.
set -u
nndc=${NNDC:?}
models=${NNDC_SOURCE:?}/models/reference
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail()
{
    echo "FAILED: $*"
    failed=1
}

# has PATTERN: the summary has such a line.
has()
{
    grep -Eq "$1" "$work/summary" || fail "$model: no line like '$1'"
}

# summary MODEL OPTION...
summary()
{
    model=$1
    shift
    "$nndc" summary "$models/$model.nnd" "$@" >"$work/summary" || fail "summary $model"
    ratios=$(awk '$1 == "training" || $1 == "evaluation" || $1 == "inference" { print $NF }' "$work/summary")
    [ -n "$ratios" ] || fail "$model: summary shows no memory"
    for ratio in $ratios; do
        awk "BEGIN { exit !($ratio <= 1.05) }" || fail "$model: peak is $ratio times the lower bound"
    done
}

# parameters TOTAL TRAINED
parameters()
{
    has "^total +$1 "
    has "^trained +$2\$"
}

summary b04_vgg16
parameters 17,926,338 10,291,074
for line in 'block1_conv1.*\[224, 224, 64\] +1,792' 'block1_conv2.*\[224, 224, 64\] +36,928' \
    'block2_conv1.*\[112, 112, 128\] +73,856' 'block3_conv3.*\[56, 56, 256\] +590,080' \
    'block4_conv1.*\[28, 28, 512\] +1,180,160' 'block5_conv3.*\[14, 14, 512\] +2,359,808' \
    'block5_pool.*\[7, 7, 512\] +0' 'flatten_1 +\[25088\]' 'dense_1 +\[128\] +3,211,392' 'dense_2 +\[2\] +258'; do
    has "$line"
done
summary b04_vgg16 -P trained_from=6
parameters 17,926,338 3,211,650
summary b04_vgg16 -P trained_from=1
grep -q '^trained' "$work/summary" && fail "b04_vgg16: something is frozen that should not be"

summary b04_resnet50
parameters 36,433,154 27,821,442
for line in 'base.conv2d_1 +\[112, 112, 64\] +9,472' 'base.pool1.*\[56, 56, 64\]' \
    'conv2_block3 .*\[56, 56, 256\]' 'conv3_block1.conv2d_4 +\[28, 28, 512\] +131,584' \
    'conv3_block4 .*\[28, 28, 512\]' 'conv4_block6 .*\[14, 14, 1024\]' \
    'conv5_block1.conv2d_3 +\[7, 7, 2048\] +1,050,624' 'conv5_block3 .*\[7, 7, 2048\]' \
    'flatten_1 +\[100352\]' 'dense_1 +\[128\] +12,845,184'; do
    has "$line"
done
summary b04_resnet50 -P trained_from=6
parameters 36,433,154 12,845,442 # the base is the published 23,587,712
summary b04_resnet50 -P trained_from=1
parameters 36,433,154 36,380,034 # all but 53,120 moving averages
exit $failed
