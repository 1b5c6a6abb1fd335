#!/bin/sh
# The commands of a trainer, around a hand-written network: results, exit codes, interruptions,
# errors outside. What nndc prints is not needed here.
set -u
root=${NNDC_SOURCE:?}
cc=${NNDC_CC:-cc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
flags="-std=c99 -O2 -I$root/runtime -I$root/tests/support"
$cc $flags "$root/tests/support/fake_trainer.c" -o fake -lm || exit 1
# The same network with so many samples that an epoch takes a while, to be stopped in the middle.
$cc $flags -DFAKE_MANY "$root/tests/support/fake_trainer.c" -o slow -lm || exit 1
failed=0 checks=0

check() # check NAME STATUS-OF-TEST
{
    checks=$((checks + 1))
    if [ "$2" -ne 0 ]; then
        echo "failed: $1"
        failed=1
    fi
}

# run NAME EXPECTED-CODE PATTERN COMMAND...: exit code, and a pattern in what it says
run()
{
    name=$1 code=$2 pattern=$3
    shift 3
    "$@" >out 2>&1
    found=$?
    checks=$((checks + 1))
    if [ $found -ne "$code" ] || ! grep -q -e "$pattern" out; then
        echo "failed: $name: exit $found, expected $code and '$pattern'"
        head -n 5 out
        failed=1
    fi
}

# Losses of all epochs, without the seconds, and an evaluation of the last weights.
losses()
{
    sed 's/,[^,]*$//' "$1/history.csv"
    ./slow eval --weights "$1/last.checkpoint" --json
}

# ---- the usual way ----
run trains 0 'best epoch 6: validation.loss' ./fake train
run learns 0 '"accuracy": \(1\|0\.9\)' ./fake eval --json
run prints_classes 0 'precision  recall' ./fake eval
run evaluates_a_set 0 'validation: 100 samples' ./fake eval --set validation
for file in best.safetensors last.checkpoint history.csv metrics.json config.json confusion.csv; do
    [ -s runs/fake/$file ]
    check "run directory has $file" $?
done
cp runs/fake/best.safetensors before && ./fake train --epochs 1 >out &&
    cmp -s before runs/fake/best.safetensors.old && ! cmp -s before runs/fake/best.safetensors
check "a fresh run keeps the weights of the one before" $?
[ -z "$(find runs -name '*.new')" ]
check "no unfinished files" $?
run prints_json_lines 0 '^{"event": "end".*"test": {"loss":' ./fake train --json --epochs 2 --out two
[ "$(grep -c '^{.*}$' out)" -eq 4 ] && [ "$(wc -l <out)" -eq 4 ]
check "four objects, one a line" $?
run benches 0 '"step_seconds": .*"samples_per_second": .*"gflops": ' ./fake bench --steps 5 --json
run profiles_kernels 0 '^ *[0-9.]* *[0-9.]* % *[0-9.]* *[0-9.]* %  gradient$' ./fake bench --steps 5 --profile
grep -q 'us in 2 kernels; peak of multiply-adds on 1 thread: [1-9][0-9.]* GFLOP/s$' out
check "profile ends with a sum and the peak" $?
run profiles_as_json 0 '"peak_gflops": [1-9].*"kernels": \[{"name": ".*"share": .*"gflops": .*}\]}$' \
    ./fake bench --steps 5 --threads 1 --profile --json
run profile_is_of_bench 2 "not an option of this command" ./fake eval --profile
run smaller_batch 0 'batch 5,' ./fake train --batch 5 --epochs 1 --out five
printf '0.1,0.2\n4,4\n' >points.csv
run predicts 0 '^1 0 0\.[0-9]*$' ./fake predict points.csv
run predicts_json 0 '^{"index": 0, "class": 1, "scores": \[' ./fake predict --json points.csv
run starts_from_weights 0 'best epoch' ./fake train --weights runs/fake/best.safetensors --epochs 1 --out on
./fake train --epochs 3 --out same1 >out && ./fake train --epochs 3 --out same2 >out &&
    cmp same1/best.safetensors same2/best.safetensors
check "the same seed gives the same bits" $?
./fake train --epochs 3 --seed 8 --out other >out && ! cmp -s same1/best.safetensors other/best.safetensors
check "another seed gives other bits" $?

# ---- stopped and resumed ----
./slow train --epochs 3 --out whole >out || exit 1
for signal in INT HUP KILL; do
    : >out # the child empties it too, but perhaps only after the first look at it
    ./slow train --epochs 3 --out part >out 2>&1 &
    pid=$!
    tries=0
    while ! grep -q '^epoch  1' out && [ $tries -lt 600 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    kill -$signal $pid
    [ $signal != HUP ] || kill -HUP $pid 2>/dev/null # as when `timeout` passes it on
    wait $pid
    code=$?
    if [ $signal != KILL ]; then
        [ $code -eq 130 ] && grep -q 'slow train --resume --out part' out
        check "$signal saves and says how to go on" $?
        grep -q 'stopped at epoch [23], step [0-9]' out
        check "$signal says where it stopped" $?
    fi
    run "resumes_after_$signal" 0 'going on after epoch 1' ./slow train --resume --out part
    losses whole >a && losses part >b && cmp a b && cmp whole/best.safetensors part/best.safetensors
    check "same bits after $signal and --resume" $?
done
./slow train --epochs 2 --out more >out && ./slow train --resume --epochs 3 --out more >out &&
    losses more >b && cmp a b
check "same bits when epochs are added" $?
./slow train --epochs 2 --out shared >out &
other=$!
while [ ! -s shared/config.json ]; do sleep 0.1; done
run two_in_one_directory 3 "another trainer is at work in 'shared'" ./slow train --epochs 2 --out shared
wait $other
check "the first of two in one directory goes on" $?
run other_seed_is_refused 2 "was started with seed 7" ./slow train --resume --out part --seed 1
run other_batch_is_refused 2 "was started with batch 16" ./slow train --resume --out part --batch 8
run nothing_to_resume 3 "cannot read 'nowhere/last.checkpoint'" ./fake train --resume --out nowhere
[ ! -e nowhere ]
check "a run that cannot go on leaves no directory" $?
(trap '' HUP; exec ./slow train --epochs 2 --out nohup) >out 2>&1 &
pid=$!
while [ ! -s nohup/config.json ]; do sleep 0.1; done
kill -HUP $pid
wait $pid
check "a hangup that is ignored stops nothing" $?

# ---- wrong usage ----
run no_command 2 'no command' ./fake
run unknown_command 2 "did you mean 'train'" ./fake trian
run unknown_option 2 "unknown option '--epcohs'; did you mean '--epochs'" ./fake train --epcohs 3
run option_of_another_command 2 "not an option of this command" ./fake eval --epochs 3
run missing_value 2 "'--epochs' needs N" ./fake train --epochs
run wrong_value 2 "needs a whole number from 1" ./fake train --epochs=many
run wrong_rate 2 "needs a positive number" ./fake train --rate -1
run larger_batch 2 "made for batches up to 16; .*nndc build fake.nnd" ./fake train --batch 17
run stray_word 2 "'now' is not expected" ./fake train now
run predict_without_file 2 "needs a file" ./fake predict
run wrong_set 2 "'--set' needs" ./fake eval --set tests
run help 0 'usage:' ./fake --help
run help_of_command 0 '\-\-steps' ./fake bench --help

# ---- trouble outside ----
printf 'x' >file
run unwritable_run 3 "cannot make the directory 'file/run'" ./fake train --out file/run
run missing_weights 3 "cannot read 'none'" ./fake eval --weights none
run garbage_weights 3 "safetensors file" ./fake eval --weights points.csv
run missing_samples 3 "cannot read 'none.csv'" ./fake predict none.csv
run diverging 1 "loss became .* at epoch 1, step [0-9]* of 25" ./fake train --rate 1e5 --out high
if [ -w /dev/full ]; then
    ./fake eval --json >/dev/full 2>err
    [ $? -eq 3 ] && grep -q 'No space left' err
    check "a full disk under the output is an error" $?
fi
cp -r two full
(ulimit -f 1 && exec ./fake train --resume --epochs 9 --out full) >out 2>&1
[ $? -eq 3 ] && grep -q "cannot write 'full/" out
check "a file that cannot be written is an error" $?
run old_checkpoint_survives 0 'going on after epoch 2' ./fake train --resume --epochs 4 --out full

echo "$checks checks"
exit $failed
