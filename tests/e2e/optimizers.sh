#!/bin/sh
# Runs whose training rule remembers something go on to the same bits: a schedule that watches a
# result, L-BFGS with its vectors. L-BFGS is better than adam after as many passes over the data, ends
# by its tolerance, and leaves the second compiler and other numbers of threads the same bits. Norms of
# gradients show what cannot learn.
. "$(dirname "$0")/lib_e2e.sh"

# write NAME TRAIN [LAYERS]: a model of the toy set with this train section.
write()
{
    cat >"$work/$1.nnd" <<END
model $1 {
    input point: f32[2]
    target side: class[2]
    scores = point ${3:--> dense(9, l2 = 1e-4) -> tanh} -> dense(2) -> softmax
    output scores
    loss cross_entropy(scores, side)
    metric accuracy(scores, side)
}
data {
    train = circle(count = 500, noise = 0.05, seed = 1)
    validation = split(train, 0.2, seed = 3)
}
train { $2 }
END
    must "emit $1" "$NNDC" emit "$work/$1.nnd" -o "$work" &&
        must "build $1" $first_compiler -O2 "$work/${1}_trainer.c" -lm -o "$work/$1"
}

# resumes NAME: stopped after 5 epochs and taken on to 12, against 12 at once.
resumes()
{
    must "$1 at once" "$work/$1" train --epochs 12 --out "$work/$1.whole"
    must "$1 in part" "$work/$1" train --epochs 5 --out "$work/$1.parts"
    must "$1 goes on" "$work/$1" train --epochs 12 --resume --out "$work/$1.parts"
    same_runs "$1" "$work/$1.whole" "$work/$1.parts"
}

write plateau "optimizer nadam(0.05) batch 16 stop_when no_improvement(validation.loss, patience = 9)
    schedule reduce_on_plateau(train.accuracy, factor = 0.5, patience = 1, warm_up_steps = 20)" || finish
resumes plateau
write drops "optimizer lbfgs batch 64" "-> dense(9, l2 = 1e-3) -> tanh -> dropout(0.1) -> dense(6) -> batch_norm" || finish
resumes drops

# Ctrl-C in an iteration: the set is large enough that most of the time is spent in one.
"$work/drops" train --epochs 3000 --out "$work/stopped" >"$work/output" 2>&1 &
pid=$!
sleep 0.3
kill -s INT $pid 2>/dev/null
wait $pid
if [ $? -eq 130 ]; then
    done=$(tail -n 1 "$work/stopped/history.csv" | sed 's/,.*//')
    must "resume after Ctrl-C" "$work/drops" train --epochs $((done + 20)) --resume --out "$work/stopped"
    must "the same at once" "$work/drops" train --epochs $((done + 20)) --out "$work/straight"
    same_runs "lbfgs after Ctrl-C" "$work/straight" "$work/stopped"
else
    echo "note: the run was over before it could be stopped"
fi

# L-BFGS against adam: the lowest training loss after as many passes.
write newton "optimizer lbfgs(history = 20, tolerance = 1e-3) batch 100 epochs 300" || finish
write moments "optimizer adam(0.01) batch 16" || finish
must "lbfgs" "$work/newton" train --out "$work/newton.run"
if grep -q 'the gradient is within the tolerance' "$work/log"; then pass; else miss "lbfgs ends by its tolerance"; tail -n 4 "$work/log"; fi
passes=$(tail -n 1 "$work/newton.run/history.csv" | awk -F, '{print $7}')
must "adam" "$work/moments" train --epochs "$passes" --out "$work/moments.run"
lowest() { awk -F, 'NR > 1 && (least == "" || $2 < least) { least = $2 } END { print least }' "$1/history.csv"; }
lower=$(awk -v a="$(lowest "$work/newton.run")" -v b="$(lowest "$work/moments.run")" 'BEGIN { print a < b }')
if [ "$lower" = 1 ]; then pass; else miss "lbfgs $(lowest "$work/newton.run"), adam $(lowest "$work/moments.run") after $passes passes"; fi

# With all weights at zero only the last bias has a gradient: the norms show it.
write zeros "optimizer sgd(0.1) batch 16 epochs 1 gradient_norms true" \
    "-> dense(4, kernel_init = zeros) -> tanh -> dense(2, kernel_init = zeros)" || finish
must "norms" "$work/zeros" train --out "$work/zeros.run"
if grep -q '|d_dense_1.kernel| 0 ' "$work/log" && grep -q 'gradient.dense_1.kernel' "$work/zeros.run/history.csv"; then
    pass
else
    miss "norms of gradients"; cat "$work/log"
fi
write reaches "optimizer adam(0.05) batch 16 epochs 200 stop_when reached(train.accuracy, 0.95)" || finish
must "reached" "$work/reaches" train --out "$work/reaches.run"
if grep -q 'train.accuracy has reached 0.95' "$work/log"; then pass; else miss "stops when reached"; fi
write tolerates "optimizer sgd(1e-6) batch 16 epochs 200 stop_when tolerance(1e-4, patience = 4)" || finish
must "tolerance" "$work/tolerates" train --out "$work/tolerates.run"
if grep -q '^5,' "$work/tolerates.run/history.csv" && ! grep -q '^6,' "$work/tolerates.run/history.csv"; then
    pass
else
    miss "stops after 4 epochs within the tolerance"
fi
finish
