#!/bin/sh
# Transfer learning on photographs, from end to end: pictures named by a CSV file are packed, a base
# is trained, its weights start another network in which they are frozen, the head is trained for an
# epoch and evaluated. Needs the pictures of $NNDC_SHARED/data/images.
. "$(dirname "$0")/lib_e2e.sh"
pictures=${NNDC_SHARED:-$NNDC_SOURCE/../shared}/data/images
[ -r "$pictures/cats-dogs/labels.csv" ] || skip "no cats-dogs below $pictures"
XDG_CACHE_HOME=$work/cache
export XDG_CACHE_HOME

# write NAME STATEMENT SETTING EPOCHS
write()
{
    cat >"$work/$1.nnd" <<END
block body(x) {
    a = x -> conv2d(8, kernel = 3, stride = 2, padding = same) -> batch_norm -> relu
    return a -> conv2d(16, kernel = 3, stride = 2, padding = same) -> relu -> max_pool2d(2)
}
model $1 {
    input image: u8[32, 32, 3]
    target kind: class["cat", "dog"]
    base = image / 255 -> body
    $2
    scores = base -> flatten -> dense(16) -> relu -> dense(2) -> softmax
    output scores
    loss cross_entropy(scores, kind)
    metric accuracy(scores, kind)
}
data {
    train = images("cats-dogs", labels = "labels.csv", file = "file", label = "label", where = ["split", "train"])
    test = images("cats-dogs", labels = "labels.csv", file = "file", label = "label", where = ["split", "test"])
}
train {
    $3
    optimizer adam(1e-3) batch 32 epochs $4 seed 30
}
END
}

write first "" "" 2
must "the base is trained" "$NNDC" train "$work/first.nnd" --data "$pictures" --out "$work/first" --threads 2
write second "freeze(base)" "weights \"$work/first/best.safetensors\", part = base" 1
must "the head is trained" "$NNDC" train "$work/second.nnd" --data "$pictures" --out "$work/second" --threads 2
must "the trainer is built" "$NNDC" build "$work/second.nnd" -o "$work/trainer"
test=$work/test.safetensors
must "the test pictures are packed" "$NNDC" data pack "$work/second.nnd" --data "$pictures" --set test -o "$test"
must "the test pictures are evaluated" "$work/trainer" eval --weights "$work/second/best.safetensors" \
    --source test="$test"
grep -q 'dog' "$work/log" && pass || miss "eval does not name the classes"
must "an empty name is refused" sh -c '"$1" eval --weights "$2" --source test= 2>&1; [ $? -eq 2 ]' - \
    "$work/trainer" "$work/second/best.safetensors"
"$NNDC" data info --json "$work/second/best.safetensors" >"$work/info" 2>&1
grep -q 'base' "$work/info" && pass || miss "the weights do not name the base"
finish
