#!/bin/sh
# Metrics of a whole set: what eval and metrics.json say is what a script counts from predictions,
# with a last batch that is smaller; the same for any number of threads, and after a stop in the middle
# of an epoch.
set -u
nndc=${NNDC:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0 checks=0

check() # check NAME STATUS-OF-TEST
{
    checks=$((checks + 1))
    if [ "$2" -ne 0 ]; then
        echo "failed: $1"
        failed=1
    fi
}

# ---- two outputs, 53 samples in batches of 16 ----
cat >flowers.nnd <<'END'
model flowers {
    input size: f32[3]
    target kind: class[3]
    target width: f32[2]
    h = size -> dense(6, activation = tanh)
    scores = h -> dense(3) -> softmax
    guess = h -> dense(2)
    output scores, guess
    loss cross_entropy(scores, kind)
    loss 0.1 * mean_squared_error(guess, width)
    metric accuracy(scores, kind)
    metric f1(scores, kind)
    metric precision(scores, kind, average = weighted)
    metric recall(scores, kind)
    metric top_k(scores, kind, 2)
    metric root_mean_squared_error(guess, width)
    metric mean_absolute_error(guess, width)
    metric mean_absolute_percentage_error(guess, width)
    metric r2(guess, width)
    metric auc(scores, kind)
}
data { train = csv("flowers.csv")  validation = csv("flowers.csv")  test = csv("flowers.csv") }
train { optimizer adam(0.02)  batch 16  epochs 8  stop_when no_improvement(validation.f1, patience = 9) }
END
awk 'BEGIN {
    x = 7
    for (i = 0; i < 53; i++) {
        for (j = 0; j < 3; j++) { x = (x * 1103 + 12345) % 65536; v[j] = x / 32768 - 1 }
        k = v[0] > 0.3 ? 0 : v[1] > 0.2 ? 1 : 2
        printf "%.4f,%.4f,%.4f,%d,%.4f,%.4f\n", v[0], v[1], v[2], k, 5 + v[0] + v[1] / 2, v[2] * v[1]
    }
}' >flowers.csv
"$nndc" train flowers.nnd >out 2>&1
check "trains" $?
grep -q 'best epoch [0-9]*: validation.f1' out
check "watches f1 of the validation set" $?
[ "$(head -n 1 runs/flowers/history.csv)" = "epoch,loss,cross_entropy,mean_squared_error,accuracy,f1,\
precision,recall,top_k,root_mean_squared_error,mean_absolute_error,mean_absolute_percentage_error,r2,auc,validation.loss,\
validation.cross_entropy,validation.mean_squared_error,validation.accuracy,validation.f1,\
validation.precision,validation.recall,validation.top_k,validation.root_mean_squared_error,\
validation.mean_absolute_error,validation.mean_absolute_percentage_error,validation.r2,validation.auc,rate,seconds" ]
check "the history has a column for each result" $?

trainer=$("$nndc" build flowers.nnd)
"$trainer" eval --json >eval.json
cut -d, -f1-3 flowers.csv >inputs.csv
"$trainer" predict --json inputs.csv >predictions
paste -d' ' predictions flowers.csv | tr ',:[]{}' '      ' | awk '
function score(part, whole) { return whole > 0 ? part / whole : 0 }
{
    for (i = 1; i <= NF; i++) {
        if ($i == "\"scores\"") s = i
        if ($i == "\"guess\"") g = i
    }
    truth = $(NF - 2); t[1] = $(NF - 1); t[2] = $NF
    best = 0
    for (k = 1; k < 3; k++) if ($(s + 1 + k) > $(s + 1 + best)) best = k
    above = 0
    for (k = 0; k < 3; k++) if ($(s + 1 + k) > $(s + 1 + truth)) above++
    for (k = 0; k < 3; k++)
        for (i = 0; i < 200; i++)
            if (i == 0 || (i < 199 && $(s + 1 + k) > i / 199)) {
                if (truth == k) yes[k, i]++
                else no[k, i]++
            }
    hits[truth] += best == truth; found[best]++; samples[truth]++; two += above < 2
    for (e = 1; e <= 2; e++) {
        y = $(g + e)
        sum[e] += t[e]; square[e] += t[e] * t[e]; error[e] += (y - t[e]) ^ 2
        error_size = y > t[e] ? y - t[e] : t[e] - y
        size = t[e] < 0 ? -t[e] : t[e]
        absolute += error_size
        percent += 100 * error_size / (size < 1e-7 ? 1e-7 : size)
    }
}
END {
    for (k = 0; k < 3; k++) {
        right += hits[k]
        classes += found[k] + samples[k] > 0
        f1 += score(2 * hits[k], found[k] + samples[k])
        precision += score(hits[k], found[k]) * samples[k] / NR
        recall += score(hits[k], samples[k])
    }
    for (k = 0; k < 3; k++)
        for (i = 0; i < 199; i++)
            auc += (no[k, i] - no[k, i + 1]) * (yes[k, i] + yes[k, i + 1]) / 2 / no[k, 0] / yes[k, 0] / 3
    for (e = 1; e <= 2; e++) r2 += (1 - error[e] / (square[e] - sum[e] ^ 2 / NR)) / 2
    print "accuracy", right / NR
    print "f1", f1 / classes
    print "precision", precision
    print "recall", recall / classes
    print "top_k", two / NR
    print "root_mean_squared_error", sqrt((error[1] + error[2]) / NR / 2)
    print "mean_absolute_error", absolute / NR / 2
    print "mean_absolute_percentage_error", percent / NR / 2
    print "r2", r2
    print "auc", auc
}' >expected
# agree FILE KEY: the results after KEY in a JSON file are those that were counted
agree()
{
    tr -d '\n' <"$1" | sed "s/.*\"$2\": {\([^}]*\)}.*/\1/" | tr -d '",:' |
        awk -v file="$1" 'NR == FNR { want[$1] = $2; count++; next }
        { for (i = 1; i < NF; i += 2) if ($i in want) {
            off = $(i + 1) - want[$i]; most = 2e-5 * (want[$i] > 1 ? want[$i] : 1)
            same += off < most && off > -most
            if (off >= most || off <= -most) print file ": " $i " is " $(i + 1) ", counted " want[$i]
        } }
        END { exit same != count }' expected -
    check "$1 agrees with what was counted" $?
}
agree eval.json results
agree runs/flowers/metrics.json test
grep -q '"test_classes": {"accuracy": .*"macro": {.*"weighted": {.*"confusion": \[\[' runs/flowers/metrics.json
check "metrics.json has scores of classes and the confusion matrix" $?
grep -q '"test_values": {"guess": {"mean_squared_error": .*"r2": .*"elements": \[{' runs/flowers/metrics.json
check "metrics.json has the errors of numbers" $?
"$trainer" eval >out
grep -q '^ *accuracy  *0\.' out && grep -q '^ *macro ' out && grep -q '^ *weighted ' out &&
    grep -q '^ *guess\[1\]  *[0-9.]* ' out
check "eval prints means of classes and the errors of each number" $?

# ---- threads and stops ----
cat >sides.nnd <<'END'
model sides {
    input point: f32[2]
    target side: f32[1]
    p = point -> dense(8, activation = tanh) -> dense(1) -> sigmoid
    output p
    loss binary_cross_entropy(p, side)
    metric f1(p, side)
    metric recall(p, side, average = macro)
    metric r2(p, side)
    metric root_mean_squared_error(p, side)
}
data { train = circle(300000, noise = 0.1, seed = 2)  validation = circle(1001, seed = 3) }
train { optimizer adam(0.001)  batch 30  epochs 20 }
END
trainer=$("$nndc" build sides.nnd)
history() { sed 's/,[^,]*$//' "$1/history.csv"; }
"$trainer" train --out one --threads 1 >out 2>&1
check "trains with one thread" $?
"$trainer" train --out three --threads 3 >out 2>&1
check "trains with three threads" $?
[ "$(history one)" = "$(history three)" ]
check "threads do not change a bit of the history" $?
# A run that ended before the signal came is started again.
for attempt in 1 2 3 4 5; do
    rm -rf stopped
    "$trainer" train --out stopped --threads 1 >out 2>&1 &
    pid=$!
    while [ ! -s stopped/last.checkpoint ] && kill -0 $pid 2>/dev/null; do
        sleep 0.02
    done
    kill -s INT $pid 2>/dev/null
    wait $pid
    code=$?
    [ $code -ne 0 ] && break
done
[ $code -eq 130 ]
check "stops" $?
"$trainer" train --out stopped --resume --threads 2 >out 2>&1
check "goes on" $?
[ "$(history one)" = "$(history stopped)" ]
check "a stop does not change a bit of the history" $?

echo "$checks checks, $failed failed"
exit $failed
