#!/bin/sh
# The models of real data reach the results that their comments state. Takes a while: scripts/test
# --long runs it. Needs the data sets of $NNDC_SHARED/data, and python3 for the Hoda digits.
. "$(dirname "$0")/lib_e2e.sh"
data=${NNDC_SHARED:-$NNDC_SOURCE/../shared}/data
for set in mnist fashion-mnist; do
    [ -r "$data/$set/train-images-idx3-ubyte.gz" ] || skip "no $set below $data"
done

# reaches LABEL LEAST SET MODEL OPTION...: accuracy of the set in metrics.json
reaches()
{
    label=$1 least=$2 set=$3 model=$4
    shift 4
    must "$label trains" "$NNDC" train "$NNDC_SOURCE/models/$model.nnd" "$@" --out "$work/run" || return
    value=$(tr -d '\n' <"$work/run/metrics.json" |
        sed -n "s/.*\"$set\": *{[^}]*\"accuracy\": *\([0-9.e+-]*\).*/\1/p")
    if [ -n "$value" ] && awk "BEGIN { exit !($value >= $least) }"; then
        pass
        echo "$label: $value"
    else
        miss "$label: accuracy '$value' of $set, expected at least $least"
    fi
}

reaches "E4, rate 1e-2" 0.95 test mnist_mlp -P rate=1e-2 --data "$data/mnist"
reaches "E4, rate 1e-3" 0.97 test mnist_mlp --data "$data/mnist"
reaches "B1, three epochs" 0.988 test mnist_cnn --epochs 3 --data "$data/mnist"
reaches "B1, fifteen epochs" 0.991 test mnist_cnn --data "$data/mnist"
reaches "D1" 0.91 test fashion_cnn --data "$data/fashion-mnist"
reaches "D3" 0.910 test fashion_cnn3 --data "$data/fashion-mnist"
reaches "residual" 0.97 test residual
if command -v python3 >/dev/null && [ -r "$data/hoda/Data_hoda_full.mat" ]; then
    must "Hoda as CSV" "$NNDC_SOURCE/bench/hoda_csv" "$data/hoda/Data_hoda_full.mat" "$work" &&
        reaches "E3" 0.98 train hoda_mlp --data "$work"
else
    echo "note: no python3 or no Hoda digits here"
fi
finish
