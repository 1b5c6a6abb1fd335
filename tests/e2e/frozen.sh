#!/bin/sh
# What is kept of frozen layers: the bits of a run are the same as without, from memory and from a file,
# for any number of threads and after a stop; where it does not fit, the run goes on.
. "$(dirname "$0")/lib_e2e.sh"
write_models

# Two values are kept, together 1,080 floats a sample, beside an input that is not frozen.
cat >"$work/two.nnd" <<'END'
model two {
    input image: u8[28, 28, 1]
    target label: class[10]
    a = image / 255 -> conv2d(20, kernel = 5, stride = 4) -> batch_norm -> relu
    b = a -> conv2d(40, kernel = 3, stride = 2, padding = same) -> relu -> dropout(0.1) -> flatten
    freeze(b)
    far = image / 255 -> max_pool2d(4) -> flatten
    scores = concat(a -> flatten -> dense(8), b, far) -> dense(10) -> softmax
    output scores, b
    loss cross_entropy(scores, label)
}
data {
    train = digits(count = 400, seed = 1)
    test = split(train, 0.1, seed = 2)
    validation = digits(count = 90, seed = 3)
}
train { optimizer rmsprop(1e-3) batch 32 epochs 3 seed 6 }
END
sed 's/optimizer rmsprop(1e-3)/optimizer lbfgs/; s/model two/model lbfgs/; s/-> dropout(0.1)//' "$work/two.nnd" \
    >"$work/lbfgs.nnd"

# says LABEL PATTERN: in the output of the last command
says()
{
    if grep -q -- "$2" "$work/log"; then pass "$1"; else miss "$1: no '$2'"; cat "$work/log"; fi
}

for model in tiny_frozen two lbfgs; do
    emit $model || finish
    dir=$work/$model
    openmp=
    has_openmp $first_compiler && openmp=-fopenmp
    must "$model builds" $first_compiler -O3 $warnings $openmp "$dir/${model}_trainer.c" -lm -o "$dir/trainer" || finish
    must "$model without" "$dir/trainer" train --out "$dir/none" --no-keep --threads 1 || finish
    if grep -q 'keeping' "$work/log"; then miss "--no-keep keeps"; else pass; fi
    for threads in 1 2 3; do
        must "$model with" "$dir/trainer" train --out "$dir/kept$threads" --threads $threads
        says "$model says what it keeps" "^keeping '.*MB in memory"
        same_runs "$model with $threads threads" "$dir/none" "$dir/kept$threads"
        same "$model: metrics" "$dir/none/confusion.csv" "$dir/kept$threads/confusion.csv"
    done
    # The weights in use are those of the run: eval finds what the run measured at its end.
    test=$(sed -n 's/^test: loss \([^ ]*\).*/\1/p' "$work/log")
    must "$model evaluates" "$dir/trainer" eval --weights "$dir/kept1/best.safetensors"
    says "$model: the same loss" "loss  *$test\$"
    # One epoch uses each sample once.
    must "$model trains an epoch" "$dir/trainer" train --out "$dir/one" --epochs 1
    case $model in
    lbfgs) says "passes of one iteration use them again" keeping ;;
    *) if grep -q 'keeping' "$work/log"; then miss "one epoch keeps"; else pass; fi ;;
    esac
    must "$model resumes" "$dir/trainer" train --out "$dir/one" --resume --epochs 3
    same_runs "$model resumed" "$dir/none" "$dir/one"
    must "$model benches" "$dir/trainer" bench --kept --steps 2
done

# In a file: 450 samples of 4,320 bytes are more than 1 MB. It is gone in the end.
dir=$work/two
must "in a file" "$dir/trainer" train --out "$dir/file" --keep-limit 1
says "it says where" "two/file/kept.values'"
same_runs "in a file" "$dir/none" "$dir/file"
[ ! -e "$dir/file/kept.values" ] && pass || miss "kept.values stays behind"

# A file that cannot be written, from the start and after a while.
mkdir -p "$dir/full/kept.values/inside"
must "no file" "$dir/trainer" train --out "$dir/full" --keep-limit 1
says "it says so" "note: cannot write '.*kept.values': .*; the frozen layers are computed in every epoch"
same_runs "without a file" "$dir/none" "$dir/full"
# Blocks of 512 or 1,024 bytes: less than the values, more than any other file of the run.
must "a file that ends" sh -c 'ulimit -f 1500; exec "$@"' - "$dir/trainer" train --out "$dir/short" --keep-limit 1
says "it says why" "note: cannot write '.*kept.values'"
same_runs "with half a file" "$dir/none" "$dir/short"

# Stopped while it trains.
for signal in INT TERM; do
    "$dir/trainer" train --epochs 200 --out "$dir/$signal" >"$dir/output" 2>&1 &
    pid=$!
    tries=0
    while ! grep -q 'epoch' "$dir/output" && kill -0 $pid 2>/dev/null && [ $tries -lt 600 ]; do
        sleep 0.05
        tries=$((tries + 1))
    done
    kill -s $signal $pid 2>/dev/null
    wait $pid
    [ $? -eq 130 ] && pass || miss "SIG$signal: not stopped"
    must "goes on" "$dir/trainer" train --epochs 200 --out "$dir/$signal" --resume
done
same_runs "after a stop" "$dir/INT" "$dir/TERM"
finish
