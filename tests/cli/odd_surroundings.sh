#!/bin/sh
# Words that C has taken as names, odd file names, files of spreadsheets, no compiler: what a trainer
# and nndc make of them.
set -u
nndc=${NNDC:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache" OMP_NUM_THREADS=1
cd "$work" || exit 1
checks=0 failed=0

check() # check NAME STATUS-OF-TEST
{
    checks=$((checks + 1))
    if [ "$2" -ne 0 ]; then
        echo "FAILED: $1"
        failed=1
    fi
}

cat >t.nnd <<'END'
model t {
    input linux: f32[1]
    input EOF: f32[1]
    target float: f32[1]
    weights = linux + EOF -> dense(2) -> relu
    INT_MAX = weights -> dense(2) -> tanh
    nn_net = INT_MAX -> dense(2)
    size_t = nn_net -> dense(2)
    t_weights = size_t -> dense(1)
    output t_weights, INT_MAX
    loss mean_squared_error(t_weights, float)
}

data {
    train = csv("points.csv", header = true)
}

train {
    optimizer sgd(1e-4)
}
END
printf 'a,b,c\n1,2,3\n2,3,5\n' >points.csv
"$nndc" emit t.nnd -o out >/dev/null
check "words of C may name tensors" $?
for compiler in gcc clang; do
    command -v $compiler >/dev/null || continue
    for file in out/t.c out/t_trainer.c; do
        $compiler -std=gnu11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -Wno-unknown-pragmas \
            -fsyntax-only $file
        check "$compiler compiles $file without a warning" $?
    done
done

program=$("$nndc" build t.nnd)
check "builds" $?
cp "$program" trainer

# A table without the names that the model promises: its first row is not lost in silence.
./trainer train --out run --epochs 2 >out.txt 2>&1 && ! grep -q note out.txt
check "names of columns are not mentioned" $?
printf '1,2\n3,4\n' >numbers.csv
./trainer predict --weights run/best.safetensors numbers.csv >out.txt 2>err.txt
grep -q 'note: numbers.csv:1: skipped as the names of the columns' err.txt
check "a first line of numbers that is skipped is mentioned" $?

# The command that is shown after ctrl-c, as it stands, goes on with the same files.
awk 'BEGIN { print "a,b,c"; for (i = 0; i < 2000; i++) print i % 7 ",1,2" }' >"my points' .csv"
./trainer train --out "a run's" --source "train=my points' .csv" --epochs 1000000 >out.txt 2>&1 &
pid=$!
tries=0
while ! grep -q '^epoch .* 1/' out.txt && [ $tries -lt 600 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
kill -INT $pid
wait $pid
[ $? -eq 130 ]
check "ctrl-c has its exit code" $?
tail -n 1 out.txt | sed 's/$/ --epochs 1/' >again.sh
sh again.sh >out.txt 2>&1 && grep -q 'going on after epoch' out.txt && grep -q '2000 training' out.txt
check "the shown command goes on" $?

# Several nndc that build one model for the first time, at the same moment.
export XDG_CACHE_HOME="$work/other cache"
pids=
for i in 1 2 3 4 5 6 7 8; do
    "$nndc" build t.nnd >"at-once-$i.txt" 2>&1 &
    pids="$pids $!"
done
all=0
for pid in $pids; do
    wait "$pid" || all=1
done
for i in 2 3 4 5 6 7 8; do
    cmp -s at-once-1.txt "at-once-$i.txt" || all=1
done
check "eight at once build one program" $all

CC=no-such-compiler "$nndc" build t.nnd >out.txt 2>&1
[ $? -eq 3 ] && grep -q "there is no C compiler 'no-such-compiler'.*set CC" out.txt
check "a missing compiler" $?
"$nndc" emit t.nnd -o out --weights nothing >out.txt 2>&1
[ $? -eq 3 ] && grep -q "^nndc: cannot read 'nothing'" out.txt
check "missing weights" $?

echo "$checks checks"
exit $failed
