#!/bin/sh
# The reference systems, shortened: a few epochs of each kind of network, on real data where it is
# there, must come as far as a sound trainer comes. bench/reproduce runs them whole.
. "$(dirname "$0")/lib_e2e.sh"
data=${NNDC_SHARED:-$NNDC_SOURCE/../shared}/data

# reaches LEAST COLUMN MODEL OPTION...: that column of history.csv after the last epoch
reaches()
{
    least=$1 column=$2 model=$3
    shift 3
    must "$model trains" "$NNDC" train "$NNDC_SOURCE/models/reference/$model.nnd" "$@" --out "$work/run" || return
    value=$(awk -F, -v column="$column" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) at = i }
        END { print $at }' "$work/run/history.csv")
    if [ -n "$value" ] && awk "BEGIN { exit !($value >= $least) }"; then
        pass
    else
        miss "$model: $column is '$value', expected at least $least"
    fi
}

# have FILE: whether a data file is there; says what is left out otherwise
have()
{
    [ -r "$data/$1" ] && return
    echo "note: left out what needs $1"
    return 1
}

reaches 1 accuracy e01_xnor
reaches 0.95 validation.accuracy e02_circle --epochs 20
reaches 0.95 validation.accuracy e02_xor -P act=relu -P neurons=5 --epochs 20
reaches 0.99 validation.accuracy e02_gaussian -P act=identity --epochs 3
if have mnist/train-images-idx3-ubyte.gz; then
    reaches 0.93 validation.accuracy e04_mnist_mlp --epochs 1 --data "$data/mnist"
    reaches 0.94 validation.accuracy a14_batch_norm --epochs 1 --data "$data/mnist"
    reaches 0.97 validation.accuracy b01_mnist_cnn --epochs 1 --data "$data/mnist"
fi
if have fashion-mnist/train-images-idx3-ubyte.gz; then
    reaches 0.85 validation.accuracy d01_one_stage --epochs 1 --data "$data/fashion-mnist"
fi
finish
