#!/bin/sh
# Reports of several outputs: the confusion matrix of each classification, and precision, recall and F1 of
# labels that do not exclude each other, against counts made from what predict says.
set -u
nndc=${NNDC:?path of nndc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CACHE_HOME="$work/cache"
failed=0 checks=0

# check LABEL CODE: counts a check; CODE 0 is success.
check()
{
    checks=$((checks + 1))
    [ "$2" -eq 0 ] && return
    failed=$((failed + 1))
    echo "failed: $1"
}

# 90 samples: four numbers, a kind of three, a side of two, three tags of which the last is never there.
awk 'BEGIN {
    for (i = 0; i < 90; i++) {
        for (k = 0; k < 4; k++) v[k] = ((i + 1) * (7 + 4 * k) % 41) / 20 - 1
        print v[0] "," v[1] "," v[2] "," v[3] "," (v[0] > 0.3 ? 2 : v[0] > -0.3) "," (v[1] > 0) "," \
            (v[2] > 0) "," (v[3] > 0.5) ",0"
    }
}' >all.csv
cut -d , -f 1-6 all.csv >two.csv
cut -d , -f 1-4,7-9 all.csv >tags.csv
cut -d , -f 1-4 all.csv >x.csv
cat >two.nnd <<'END'
model two {
    input x: f32[4]
    target kind: class["cat", "dog", "cow"]
    target side: class[2]
    h = x -> dense(8) -> tanh
    what = h -> dense(3) -> softmax
    where = h -> dense(1) -> sigmoid
    output what, where
    loss cross_entropy(what, kind)
    loss binary_cross_entropy(where, side)
}
data { train = csv("two.csv")  test = csv("two.csv") }
train { optimizer adam(0.02)  epochs 4  batch 16 }
END
cat >tags.nnd <<'END'
model tags {
    input x: f32[4]
    target tag: f32[3]
    p = x -> dense(8) -> tanh -> dense(3) -> sigmoid
    output p
    loss binary_cross_entropy(p, tag)
    metric f1(p, tag, multi_label = true)
    metric precision(p, tag, multi_label = true, average = micro)
    metric recall(p, tag, multi_label = true, average = weighted)
}
data { train = csv("tags.csv")  test = csv("tags.csv") }
train { optimizer adam(0.02)  epochs 6  batch 16  stop_when reached(train.f1, 0.99) }
END
sed 's/-> sigmoid//; s/(p, tag)/(p, tag, from_logits = true)/; s/multi_label = true/multi_label = true, threshold = 0/' \
    tags.nnd >scores.nnd
# Targets that are not only 0 and 1 are no labels.
sed 's/tags.csv/grey.csv/g; /metric/d; s/stop_when.*}/}/' tags.nnd >grey.nnd
awk -F , 'BEGIN { OFS = "," } { $5 = 0.25; print }' tags.csv >grey.csv
for model in two tags scores grey; do
    "$nndc" build $model.nnd -o $model >log 2>&1 && ./$model train --out run_$model >log 2>&1
    check "trains $model" $?
    ./$model eval --json --weights run_$model/best.safetensors >$model.json
    ./$model predict x.csv --weights run_$model/best.safetensors >$model.txt
done

# ---- two classifications ----
# matrix COLUMN-OF-TRUTH FIELD CLASSES: what predict says (field 2 or 4), as in a confusion matrix
matrix()
{
    paste -d ' ' two.txt two.csv | tr , ' ' | awk -v truth=$((5 + $1)) -v found="$2" -v n="$3" '
        { k = $found == "cat" ? 0 : $found == "dog" ? 1 : $found == "cow" ? 2 : $found; c[$truth, k]++ }
        END { for (i = 0; i < n; i++) { printf i ? ", [" : "["
              for (k = 0; k < n; k++) printf "%s%d", k ? ", " : "", c[i, k]; printf "]" } }'
}
what=$(matrix 5 2 3) where=$(matrix 6 4 2)
grep -qF "\"what\": {\"accuracy\": " two.json && grep -qF "\"confusion\": [$what]}" two.json
check "confusion of the first output is $what" $?
grep -qF "\"where\": {\"accuracy\": " two.json && grep -qF "\"confusion\": [$where]}" two.json
check "confusion of the second output is $where" $?
grep -qF "\"test_outputs\": {\"what\": {" run_two/metrics.json && grep -qF "\"confusion\": [$where]}" run_two/metrics.json
check "both are in metrics.json" $?
sed 1d run_two/confusion_what.csv | sed 's/^[^,]*,/[/; s/$/]/; s/,/, /g' | paste -s -d , | sed 's/],/], /g' >csv
[ "$(cat csv)" = "$what" ] && [ -s run_two/confusion_where.csv ] && [ ! -e run_two/confusion.csv ]
check "a file for each output" $?
./two train --out run_two --epochs 1 >log 2>&1 && ./two predict x.csv --json --weights run_two/best.safetensors |
    head -n 1 | grep -q '"classes": {"what": {"class": [0-2], "name": "c*[a-z]*"}, "where": {"class": [01]}}'
check "predict gives both classes" $?
sed 's/output what, where/output what, h, where/' two.nnd >three.nnd
"$NNDC" predict three.nnd x.csv --weights run_two/best.safetensors 2>log >three.txt &&
    [ "$(wc -l <three.txt)" -eq 90 ] && awk 'NF != 13 { exit 1 }' three.txt
check "predict gives the values of an output between classifications" $?
./two eval --weights run_two/best.safetensors >out
[ "$(grep -c '^  *accuracy ' out)" -eq 2 ] && grep -qx what out && grep -qx where out
check "eval prints both" $?

# ---- labels ----
# labels LEAST FILE: f1 of each label, macro f1, micro precision, weighted recall
labels()
{
    paste -d ' ' "$2" tags.csv | tr , ' ' | awk -v least="$1" '
        { for (k = 0; k < 3; k++) { f = $(2 + k) > least; t = $(9 + k); hit[k] += f && t; found[k] += f; there[k] += t } }
        END {
            for (k = 0; k < 3; k++) {
                f = found[k] + there[k] ? 2 * hit[k] / (found[k] + there[k]) : 0
                macro += f / 3; h += hit[k]; n += found[k]; s += there[k]; r += there[k] ? hit[k] : 0
                printf "label%d %.6f\n", k, f
            }
            printf "f1 %.6f\nprecision %.6f\nrecall %.6f\n", macro, n ? h / n : 0, r / s
        }'
}
for model in tags scores; do
    [ $model = tags ] && least=0.5 || least=0
    labels $least $model.txt >expected
    tr -d '\n' <$model.json | sed 's/.*"results": {\([^}]*\)}.*/\1/' | tr -d '",:' |
        awk 'NR == FNR { want[$1] = $2; next }
             { for (i = 1; i < NF; i += 2) if ($i in want) { d = $(i + 1) - want[$i]; same += d < 2e-6 && d > -2e-6 } }
             END { exit same != 3 }' expected -
    check "metrics of labels agree with what was counted: $model" $?
    grep -o '"label": [0-2], "precision": [0-9.e-]*, "recall": [0-9.e-]*, "f1": [0-9.e-]*' $model.json | tr -d '",:' |
        awk 'NR == FNR { want[$1] = $2; next }
             { d = $8 - want["label" $2]; same += d < 2e-6 && d > -2e-6 } END { exit same != 3 }' expected -
    check "F1 of each label agrees: $model" $?
done
grep -qF '"test_labels": {"p": {"macro": {' run_tags/metrics.json && head -n 1 run_tags/history.csv | grep -q ',f1,precision,recall'
check "metrics.json and history.csv have labels" $?
./tags eval --weights run_tags/best.safetensors | grep -q '^  *label  precision'
check "eval prints labels" $?
grep -q '"labels": {}' grey.json
check "targets between 0 and 1 are no labels" $?
sed 's/, multi_label = true//' tags.nnd >largest.nnd
"$nndc" check largest.nnd 2>&1 | grep -q "warning: 'f1' takes the largest score as the answer, but 'p' comes from 'sigmoid'"
check "a sigmoid's largest score is hardly meant" $?

echo "$checks checks, $failed failed"
exit $failed
