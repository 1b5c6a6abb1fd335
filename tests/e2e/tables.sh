#!/bin/sh
# Tables from end to end: words, dates and classes by name, windows, splits, scaling. What the trainer
# says of a file that does not fit, what predict makes of one without targets, and that scaling stays
# as it was when a run goes on or other data are shown.
. "$(dirname "$0")/lib_e2e.sh"
cd "$work" || exit 1

# say LABEL EXIT-CODE TEXT COMMAND...: the command ends so, and its output holds the text.
say()
{
    label=$1 code=$2 text=$3
    shift 3
    "$@" >said 2>&1
    found=$?
    if [ $found -eq "$code" ] && grep -qF -e "$text" said; then
        pass "$label"
    else
        miss "$label: exit $found, expected $code and '$text'"
        tail -n 5 said
    fi
}

# 200 hours: a load that follows the hour and the weather; its next value can be learnt.
awk 'BEGIN {
    print "id;time;weather;load;kind"
    for (i = 0; i < 200; i++) {
        w = int(i / 7) % 3
        load = 50 + 20 * sin(i * 3.14159265 / 12) + 10 * w
        printf "%d;2017-01-%02d %02d:00:00;%s;%.3f;%s\r\n", i, 1 + int(i / 24), i % 24,
            w == 0 ? "sun" : w == 1 ? "\"rain\"" : "snow", load, (load > 60 ? "high" : "low")
    }
}' >load.csv
cat >series.nnd <<'END'
model series {
    input past: f32[6, 5]
    target next: f32[1]
    y = next -> standard_scale
    h = past -> min_max_scale(low = -1) -> flatten -> dense(16) -> tanh -> dense(1)
    guess = h -> unscale(y)
    output guess
    loss mean_squared_error(h, y)
    metric error = mean_squared_error(guess, next)
}
data {
    train = csv("load.csv", header = true, separator = ";", window = 6, targets = "load",
                inputs = ["load", hour("time"), one_hot("weather", ["sun", "rain", "snow"])])
    test = split(train, 0.2, order = chronological)
}
train { optimizer adam(0.01) batch 8 epochs 30 seed 1 }
END
cat >kinds.nnd <<'END'
model kinds {
    input x: f32[2]
    target kind: class["low", "high"]
    scores = x -> standard_scale -> dense(8) -> tanh -> dense(2) -> softmax
    output scores
    loss cross_entropy(scores, kind)
    metric accuracy(scores, kind)
}
data {
    train = csv("load.csv", header = true, separator = ";", targets = "kind", rows = 0..179,
                inputs = ["load", hour("time")])
    test = split(train, 0.25, stratify = true)
    validation = csv("load.csv", header = true, separator = ";", targets = "kind",
                     rows = 180..199, inputs = ["load", hour("time")])
}
train { optimizer adam(0.05) batch 8 epochs 20 seed 1 }
END
for model in series kinds; do
    must "build $model" "$NNDC" build $model.nnd -o $model || finish
done

# ---- a series ----
say "samples of a series" 0 '149 training samples, 0 validation, 39 test' ./series train --out run
error=$(sed -n 's/^test: .*error \([0-9.e-]*\)$/\1/p' said)
if awk -v e="$error" 'BEGIN { exit !(e > 0 && e < 60) }'; then pass; else miss "error '$error'"; fi
head -n 9 load.csv | cut -d ';' -f 2-4 >few.csv
must "predicts windows" ./series predict few.csv --weights run/best.safetensors
[ "$(wc -l <log)" -eq 3 ] && awk '$2 < 30 || $2 > 100 { exit 1 }' log && pass ||
    miss "8 rows give 3 windows, in the units of the target"
head -n 6 few.csv >fewer.csv
say "too few rows" 3 "gives 5 rows, a window of 6 needs at least 6" \
    ./series predict fewer.csv --weights run/best.safetensors
sed 's/snow/hail/' load.csv >hail.csv
say "a word that is not known" 3 "hail.csv:16: column 'weather' is 'hail', which is none of 'sun'" \
    ./series eval --source train=hail.csv --weights run/best.safetensors
sed '30s/2017-01-02/2017-02-30/' load.csv >day.csv
say "a day that is not there" 3 "day.csv:30: column 'time' is '2017-02-30" \
    ./series train --source train=day.csv --out other
sed 's/;[0-9.]*;\(low\|high\)/;5;\1/' load.csv >flat.csv
say "a column that never changes" 3 "'flat.csv': column 'load' is 5 in all training samples" \
    ./series train --source train=flat.csv --out other
sed '3s/;.*/;1/' load.csv >short.csv
say "a short line" 3 "short.csv:3: 2 columns, the rows before have 5" \
    ./series train --source train=short.csv --out other

# ---- scaling stays ----
# Ten times the load: a run that starts from weights, or goes on, scales as before.
awk -F ';' 'BEGIN { OFS = ";" } NR > 1 { $4 *= 10 } { print }' load.csv >ten.csv
must "starts from weights" ./series train --source train=ten.csv --weights run/best.safetensors \
    --epochs 1 --rate 1e-9 --out on
must "goes on" ./series train --resume --epochs 31 --source train=ten.csv --rate 0.01 --out run
for run in on run; do
    ./series predict few.csv --weights $run/best.safetensors >"$run.txt"
done
awk '$2 < 30 || $2 > 100 { exit 1 }' on.txt && pass || miss "weights keep their scaling"

# ---- classes by name ----
must "trains on words" ./kinds train --out k
grep -q '^low,' k/confusion.csv && head -n 1 k/confusion.csv | grep -q 'low,high' && pass ||
    miss "names in confusion.csv"
say "names in the evaluation" 0 ' high ' ./kinds eval --weights k/best.safetensors
say "names in JSON" 0 '{"class": 1, "name": "high", ' ./kinds eval --json --weights k/best.safetensors
printf 'time;load\n2017-01-01 03:00;75\n1/1/17 3:00;35\n' >two.csv
say "predicts names" 0 '0 high 0.' ./kinds predict two.csv --weights k/best.safetensors
grep -q '^1 low ' said && pass || miss "predicts the other name"
sed 's/high/hihg/' load.csv >names.csv
say "a name that is not known" 3 "column 'kind' is 'hihg', 'kind' needs one of 'low', 'high'; the column" \
    ./kinds train --source train=names.csv --out other
head -n 100 load.csv >part.csv
say "rows that are not there" 3 "'part.csv' has 99 rows, 'rows' asks for 0 to 179" \
    ./kinds train --source train=part.csv --out other
finish
