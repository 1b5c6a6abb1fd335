# lib_e2e.sh: what the end-to-end scripts share. Sourced, not run.
#
# $work is a directory of its own that is removed at the end; tiny models are written into it. Every
# script ends with `finish`, which fails when a check failed or when nothing was checked.
set -u
: "${NNDC:?path of nndc}" "${NNDC_SOURCE:?path of the source}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0 checks=0

# pass LABEL: counts a check that held.   miss LABEL TEXT...: one that did not.
pass()
{
    checks=$((checks + 1))
}

miss()
{
    checks=$((checks + 1))
    failed=$((failed + 1))
    printf 'failed: %s\n' "$*"
}

# must LABEL COMMAND...: the command succeeds; its output is shown when it does not.
must()
{
    label=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        pass "$label"
        return 0
    fi
    miss "$label:" "$@"
    tail -n 15 "$work/log"
    return 1
}

# same LABEL FILE FILE: equal to the byte.
same()
{
    if cmp -s "$2" "$3"; then pass "$1"; else miss "$1: $2 and $3 differ"; fi
}

# same_runs LABEL RUN RUN: weights, optimizer state and results of two runs are equal to the bit. Only
# the seconds may differ: the last column of the history, which is the last tensor of a checkpoint.
same_runs()
{
    same "$1: best.safetensors" "$2/best.safetensors" "$3/best.safetensors"
    header=$(od -An -tu8 -N8 "$2/last.checkpoint" | tr -d ' ')
    data=$(head -c $((header + 8)) "$2/last.checkpoint" |
        LC_ALL=C sed -n 's/.*"history\/epochs"[^}]*"data_offsets":\[\([0-9]*\),.*/\1/p')
    if [ -n "$data" ] && cmp -s -n $((header + 8 + data)) "$2/last.checkpoint" "$3/last.checkpoint"; then
        pass
    else
        miss "$1: $2/last.checkpoint and $3/last.checkpoint differ"
    fi
    for run in "$2" "$3"; do
        sed 's/,[^,]*$//' "$run/history.csv" >"$run/results.csv"
    done
    same "$1: history" "$2/results.csv" "$3/results.csv"
}

finish()
{
    echo "$checks checks, $failed failed"
    [ "$failed" -eq 0 ] && [ "$checks" -gt 0 ]
    exit
}

skip()
{
    echo "skipped: $*"
    exit 77
}

# has_openmp CC: can it build a program with -fopenmp?
has_openmp()
{
    echo 'int main(void) { return 0; }' >"$work/openmp.c"
    "$1" -fopenmp "$work/openmp.c" -o "$work/openmp" >/dev/null 2>&1
}

compilers=
for compiler in clang gcc; do
    command -v $compiler >/dev/null && compilers="$compilers $compiler"
done
[ -n "$compilers" ] || skip "neither clang nor gcc here"
first_compiler=${compilers# }
first_compiler=${first_compiler%% *}

# The strictest set that generated C promises to pass.
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"

# A network of every kind that has something of its own at run time: class targets, batch-norm
# statistics, scaling taken from the training set, dropout's random numbers, an l2 penalty, a last smaller
# batch, a frozen front part whose values are kept.
write_models()
{
    cat >"$work/tiny_dense.nnd" <<'END'
model tiny_dense {
    input point: f32[2]
    target side: class[2]
    scores = point -> dense(9, l2 = 1e-3) -> tanh -> dropout(0.1) -> dense(2) -> softmax
    output scores
    loss cross_entropy(scores, side)
    metric accuracy(scores, side)
}
data {
    train = circle(count = 210, noise = 0.05, seed = 1)
    test = circle(count = 45, noise = 0.05, seed = 2)
    validation = split(train, 0.2, seed = 3)
}
train { optimizer adam(0.02) batch 16 epochs 2 seed 5 }
END
    cat >"$work/tiny_conv.nnd" <<'END'
model tiny_conv {
    input image: u8[28, 28, 1]
    target label: class[10]
    scores = image / 255
        -> conv2d(16, kernel = 3, stride = 2, padding = same) -> batch_norm -> relu -> max_pool2d(2)
        -> conv2d(18, kernel = 3) -> batch_norm -> relu
        -> flatten -> dropout(0.2) -> dense(10) -> softmax
    output scores
    loss cross_entropy(scores, label)
    metric accuracy(scores, label)
}
data {
    train = digits(count = 330, seed = 1)
    test = digits(count = 70, seed = 2)
}
train { optimizer sgd(0.05, momentum = 0.9) batch 32 epochs 2 seed 9 }
END
    cat >"$work/tiny_squares.nnd" <<'END' # its 3x3 convolutions and their gradients go by Winograd
model tiny_squares {
    input image: u8[28, 28, 1]
    target label: class[10]
    scores = image / 255 -> max_pool2d(2)
        -> conv2d(32, kernel = 3, padding = same) -> relu -> conv2d(33, kernel = 3) -> relu
        -> conv2d(40, kernel = 3, padding = same) -> batch_norm -> relu
        -> max_pool2d(3) -> flatten -> dense(10) -> softmax
    output scores
    loss cross_entropy(scores, label)
    metric accuracy(scores, label)
}
data {
    train = digits(count = 150, seed = 1)
    test = digits(count = 70, seed = 2)
}
train { optimizer sgd(0.05, momentum = 0.9) batch 32 epochs 2 seed 9 }
END
    cat >"$work/tiny_branches.nnd" <<'END'
model tiny_branches {
    input left: f32[3]
    input right: f32[2]
    target sum: f32[1]
    scaled = sum -> min_max_scale
    a = left -> standard_scale -> dense(4) -> relu
    b = right -> dense(4) -> sigmoid
    joined = concat(a, b)
    near = joined -> dense(1)
    guess = near -> unscale(scaled)
    gate = joined -> dense(1) -> sigmoid
    output guess, gate
    loss mean_squared_error(near, scaled)
    loss mean_squared_error(gate, sum)
}
data {
    train = table {
        [0.1, 0.2, 0.3], [0.4, 0.5] -> [1.5]
        [0.5, 0.1, 0.0], [0.2, 0.1] -> [0.9]
        [0.9, 0.8, 0.7], [0.6, 0.5] -> [3.5]
        [0.0, 0.0, 0.1], [0.0, 0.1] -> [0.2]
        [0.3, 0.3, 0.3], [0.3, 0.3] -> [1.5]
    }
}
train { optimizer sgd(0.05) batch 2 epochs 2 seed 4 }
END
    cat >"$work/tiny_frozen.nnd" <<'END'
block body(x) {
    stem = x -> conv2d(8, kernel = 3, stride = 2, padding = same) -> batch_norm -> relu
    return stem -> conv2d(20, kernel = 3, stride = 2)
}
model tiny_frozen {
    input image: u8[28, 28, 1]
    target label: class[10]
    base = image / 255 -> body
    freeze(base)
    wide = base -> batch_norm -> relu -> max_pool2d(2) -> flatten -> dropout(0.2) -> dense(16, l2 = 1e-3) -> relu
    scores = wide -> dense(10) -> softmax
    output scores
    loss cross_entropy(scores, label)
    metric accuracy(scores, label)
}
data {
    train = digits(count = 330, seed = 1)
    test = digits(count = 70, seed = 2)
    validation = split(train, 0.2, seed = 3)
}
train { optimizer adam(0.01) batch 32 epochs 3 seed 6 }
END
}
models="tiny_dense tiny_conv tiny_squares tiny_branches tiny_frozen"

# emit MODEL: its C files in $work/MODEL/
emit()
{
    must "emit $1" "$NNDC" emit "$work/$1.nnd" -o "$work/$1"
}
