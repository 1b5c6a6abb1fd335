#!/bin/sh
# --autotune: measures once, remembers by sizes, and changes nothing but speed. The table is a text that may be
# edited; what is not one is refused. Times decide nothing here: the schedules that are tried are set by hand.
set -u
failed=0
fail() {
    echo "FAILED: $1"
    failed=1
}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory" || exit 1
XDG_CACHE_HOME=$directory/cache
export XDG_CACHE_HOME

cat >net.nnd <<'END'
model net {
    input image: u8[28, 28, 1]
    target label: class[10]
    h = image / 255 -> conv2d(16, kernel = 3, padding = same) -> relu -> max_pool2d(2)
    h = h -> conv2d(20, kernel = 3, padding = same) -> relu -> max_pool2d(2)
    scores = h -> flatten -> dense(10) -> softmax
    output scores
    loss cross_entropy(scores, label)
}
data {
    train = digits(count = 96, seed = 1)
}
train {
    optimizer sgd(0.05)
    batch 16
    epochs 3
    seed 1
}
END
"$NNDC" build net.nnd >plain 2>err || { cat err; fail "build"; }
"$NNDC" build --autotune net.nnd >first 2>err || { cat err; fail "build --autotune"; }
grep -q "^forward 14x14x16 -> 14x14x20 kernel 3x3 padding 1x1 batch 16: " err || fail "what was measured is not said"
table=$(echo cache/nndc/tuning/*/schedules.txt)
[ "$(grep -c ': winograd [0-9] rows [0-9]* way [0-9], 0\.[0-9]* s$' "$table")" -ge 3 ] || fail "the table"
[ "$(wc -l <"$table")" -eq "$(sort -u "$table" | wc -l)" ] || fail "a size stands twice in the table"
cp "$table" kept
for std in c99 c11; do
    "${NNDC_CC:-cc}" -std=$std -Wall -Wextra -Wpedantic -Werror -fsyntax-only cache/nndc/build/*/autotune_trainer.c \
        >log 2>&1 || { head -n 8 log; fail "the program that measures, as $std"; }
done
"$NNDC" build --autotune net.nnd >second 2>err || fail "second build"
[ ! -s err ] || fail "it measures again"
cmp -s "$table" kept || fail "the table changed"
cmp -s first second || fail "the same table gives another program"

# Without the option nobody reads the table; with it, what it says is done.
sed 's/winograd [0-9]* rows [0-9]* way [0-9]*/winograd 1 rows 8 way 3/' kept >"$table"
"$NNDC" build net.nnd >again 2>err && cmp -s plain again || fail "the table works without --autotune"
"$NNDC" build --autotune net.nnd >tiles 2>err || fail "build with other tiles"
sed 's/winograd [0-9]* rows [0-9]* way [0-9]*/winograd 2 rows 0 way 0/' kept >"$table"
"$NNDC" build --autotune net.nnd >squares 2>err || fail "build with Winograd"
cmp -s plain tiles && fail "tiles of the table are not used"
cmp -s plain squares && fail "Winograd of the table is not used"
cmp -s tiles squares && fail "both tables give one program"
"$NNDC" build --numerics exact net.nnd >direct 2>err || fail "build with exact numbers"
for threads in 1 2 3; do
    for program in plain direct tiles squares; do
        "$(cat $program)" train --threads $threads --out $program.$threads >log 2>&1 || { cat log; fail "$program"; }
    done
done
for program in plain direct tiles squares; do
    for threads in 2 3; do
        cmp -s $program.1/best.safetensors $program.$threads/best.safetensors ||
            fail "$program: other bits with $threads threads"
    done
done
for program in tiles squares; do
    # the loss of the last epoch, up to rounding
    paste -d, direct.1/history.csv $program.1/history.csv | awk -F, '
        NR == 1 { columns = NF / 2; next }
        { d = $2 - $(2 + columns); if (d < 0) d = -d; if (d > 1e-4) bad = 1; lines++ }
        END { exit bad || lines != 3 }' || fail "$program: other losses"
done

echo "nonsense" >>"$table"
"$NNDC" build --autotune net.nnd >out 2>err
[ $? -eq 3 ] || fail "exit code of a broken table"
grep -q "is not a schedule: remove the file" err || { cat err; fail "message about a broken table"; }
rm "$table"
"$NNDC" build --autotune --numerics exact net.nnd >exact 2>err || fail "autotune with exact numbers"
grep -q "winograd [24]" "$table" && fail "Winograd where numbers are to be exact"
[ "$failed" -eq 0 ] && echo "ok"
exit "$failed"
