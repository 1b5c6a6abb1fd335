#!/bin/sh
# A part of a trained network goes into another network: its weights arrive, stay as they are to the
# bit while the rest is trained, and what does not fit is listed.
. "$(dirname "$0")/lib_e2e.sh"
command -v python3 >/dev/null || skip "python3 compares the tensors"

# write NAME PART UNITS STATEMENT SETTING: a network with the block as PART.
write()
{
    cat >"$work/$1.nnd" <<END
block body(x, filters) {
    stem = x -> conv2d(filters, kernel = 3, stride = 2, padding = same) -> batch_norm -> relu
    return stem -> conv2d(18, kernel = 3, stride = 2) -> batch_norm -> relu -> dropout(0.1) -> flatten
}
model $1 {
    input image: u8[28, 28, 1]
    target label: class[10]
    $2 = image / 255 -> body($3)
    $4
    scores = $2 -> dense(10, l2 = 1e-3) -> softmax
    output scores
    loss cross_entropy(scores, label)
}
data {
    train = digits(count = 200, seed = 1)
    test = digits(count = 50, seed = 2)
}
train {
    $5
    optimizer adam(1e-2) batch 32 epochs 2 seed 5
}
END
}

# same_part FILE PART FILE PART: equal bits of all tensors
same_part()
{
    python3 - "$@" <<'END'
import json, struct, sys
def part(path, name):
    data = open(path, "rb").read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    return {key[len(name):]: data[8 + length + value["data_offsets"][0]:8 + length + value["data_offsets"][1]]
            for key, value in header.items() if key.startswith(name + ".")}
left, right = part(sys.argv[1], sys.argv[2]), part(sys.argv[3], sys.argv[4])
sys.exit(not left or left != right)
END
}

# says LABEL TEXT COMMAND...: the command fails with this text.
says()
{
    label=$1 text=$2
    shift 2
    if "$@" >"$work/log" 2>&1; then
        miss "$label: no failure"
    elif grep -qF -- "$text" "$work/log"; then
        pass "$label"
    else
        miss "$label: no '$text'"
        cat "$work/log"
    fi
}

write first features 8 "" ""
write second base 8 "freeze(base)" 'weights "first/best.safetensors", part = base, prefix = "features"'
write open base 8 "" 'weights "first/best.safetensors", part = base, prefix = "features"'
write other base 9 "" 'weights "first/best.safetensors", part = base, prefix = features'
write wrong base 8 "" 'weights "first/best.safetensors", part = base'
write lost base 8 "" 'weights "no.safetensors", part = base'
cd "$work" || exit 1
must "first" "$NNDC" train first.nnd --out first || finish
must "second" "$NNDC" train second.nnd --out second || finish
must "the frozen part stays" same_part first/best.safetensors features second/best.safetensors base
must "a checkpoint goes on" "$NNDC" train second.nnd --out second --resume --epochs 3
must "it still stays" same_part first/best.safetensors features second/best.safetensors base
must "open" "$NNDC" train open.nnd --out open
if same_part first/best.safetensors features open/best.safetensors base; then
    miss "what is not frozen is trained"
else
    pass
fi
if grep -q 'base' second/last.checkpoint && grep -qa 'dense_1.kernel.m' second/last.checkpoint &&
    ! grep -qa 'conv2d_1.kernel.m' second/last.checkpoint; then
    pass "no state of the optimizer for frozen weights"
else
    miss "state of the optimizer"
fi
says "shapes" "has the shape [3, 3, 1, 8], 'base.conv2d_1.kernel' needs [3, 3, 1, 9]" "$NNDC" train other.nnd --out other
says "names" "'base.conv2d_1.kernel' is missing" "$NNDC" train wrong.nnd --out wrong
says "how many" "and 2 more" "$NNDC" train wrong.nnd --out wrong
says "file" "no.safetensors': No such file" "$NNDC" train lost.nnd --out lost
[ ! -d lost ] && [ ! -d wrong ] && pass || miss "a failed start leaves no run"

# Other types: every value of the first file is one that half precision has, so nothing is lost.
python3 - <<'END'
import json, struct
data = open("first/best.safetensors", "rb").read()
length = struct.unpack("<Q", data[:8])[0]
header = json.loads(data[8:8 + length])
for type, code in (("F16", "e"), ("F64", "d"), ("BF16", None), ("I32", "i")):
    out, body = {}, b""
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        values = struct.unpack("<%df" % ((end - begin) // 4), data[8 + length + begin:8 + length + end])
        values = [round(value * 8) / 8 for value in values]
        if code is None:
            raw = b"".join(struct.pack("<f", value)[2:] for value in values)
        else:
            raw = struct.pack("<%d%s" % (len(values), code), *(int(v) if code == "i" else v for v in values))
        out[name] = {"dtype": type, "shape": entry["shape"], "data_offsets": [len(body), len(body) + len(raw)]}
        body += raw
    text = json.dumps(out).encode()
    open(type + ".safetensors", "wb").write(struct.pack("<Q", len(text)) + text + body)
END
for type in F16 F64 BF16; do
    write t_$type base 8 "freeze(base)" "weights \"$type.safetensors\", part = base, prefix = features"
    must "$type" "$NNDC" train t_$type.nnd --out $type --epochs 1
    must "$type is the same" same_part F16/best.safetensors base $type/best.safetensors base
done
write t_I32 base 8 "freeze(base)" 'weights "I32.safetensors", part = base, prefix = features'
# Values that would make the loss NaN: a NaN, and one that only 64 bits hold.
python3 - <<'END'
import json, struct
for type, raw in (("BF16", b"\xff\x7f"), ("F64", struct.pack("<d", 1e300))):
    data = bytearray(open(type + ".safetensors", "rb").read())
    length = struct.unpack("<Q", data[:8])[0]
    begin, end = json.loads(data[8:8 + length])["features.conv2d_1.kernel"]["data_offsets"]
    data[8 + length + begin + 2 * len(raw):8 + length + begin + 3 * len(raw)] = raw
    open(type + ".safetensors", "wb").write(data)
END
for type in BF16 F64; do
    says "$type that is not finite" "kernel' is NaN, infinite or too large for F32 at value 2" \
        "$NNDC" train t_$type.nnd --out $type
done
says "integers" "is of type I32, not F32, F64, F16 or BF16" "$NNDC" train t_I32.nnd --out I32
finish
