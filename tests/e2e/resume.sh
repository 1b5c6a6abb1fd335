#!/bin/sh
# A run that is interrupted (Ctrl-C) or killed in the middle and resumed ends with the same bits as
# one that was left alone.
. "$(dirname "$0")/lib_e2e.sh"
write_models
model=tiny_conv
epochs=30
emit $model || finish
dir=$work/$model
must "build" $first_compiler -O3 "$dir/${model}_trainer.c" -lm -o "$dir/trainer" || finish
must "uninterrupted run" "$dir/trainer" train --epochs $epochs --out "$dir/whole" || finish

# stop_with SIGNAL RUN: starts a run, waits until it has saved something, and sends the signal.
stop_with()
{
    "$dir/trainer" train --epochs $epochs --out "$2" >"$dir/output" 2>&1 &
    pid=$!
    tries=0
    while [ ! -s "$2/last.checkpoint" ] && kill -0 $pid 2>/dev/null && [ $tries -lt 600 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    kill -s "$1" $pid 2>/dev/null
    wait $pid
    code=$?
}

stop_with INT "$dir/int"
if [ $code -eq 130 ]; then
    pass "exit code of an interrupted run"
    if grep -q -- '--resume' "$dir/output"; then pass; else miss "it says how to resume"; cat "$dir/output"; fi
else
    miss "SIGINT: exit code $code, not 130 (did the run end before the signal?)"
    cat "$dir/output"
fi
must "resume after SIGINT" "$dir/trainer" train --epochs $epochs --out "$dir/int" --resume

stop_with KILL "$dir/kill"
if [ $code -eq 137 ]; then pass; else miss "SIGKILL: exit code $code, not 137"; fi
must "resume after SIGKILL" "$dir/trainer" train --epochs $epochs --out "$dir/kill" --resume
for how in int kill; do
    same_runs "resumed after $how" "$dir/whole" "$dir/$how"
done
finish
