#!/bin/sh
# The functions of inference libraries need little stack, as docs/generated-code.md says: 20 KiB for a call, of
# which the largest function takes at most 17.
set -u
nndc=${NNDC:?}
root=${NNDC_SOURCE:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
command -v gcc >/dev/null || { echo "gcc is not here"; exit 77; }
said=$(sed -n 's/.*Its stack takes at most \([0-9]*\) KiB.*/\1/p' "$root/docs/generated-code.md")
[ "$said" = 20 ] || { echo "FAILED: the page says '$said' KiB"; exit 1; }

# A list of the needed rows as long as it can be; windows that overlap, over many channels.
cat >"$work/rows.nnd" <<'END'
model rows {
    input x: f32[8191]
    y = x -> relu -> dense(100) -> relu -> dense(3)
    output y
}
END
cat >"$work/windows.nnd" <<'END'
model windows {
    input x: f32[6, 6, 512]
    y = x -> conv2d(512, kernel = 3) -> relu -> max_pool2d(3, stride = 1) -> average_pool2d(2) -> flatten -> dense(3)
    output y
}
END
count=0 failed=0
for model in "$work/rows.nnd" "$work/windows.nnd" "$root/models/reference/b01_mnist_cnn.nnd" \
    "$root/models/reference/b05_lstm.nnd" "$root/models/reference/d06_best_of_search.nnd"; do
    name=$(sed -n 's/^model \([a-z0-9_]*\).*/\1/p' "$model")
    "$nndc" emit "$model" -o "$work" >/dev/null || exit 1
    (cd "$work" && gcc -O2 -fstack-usage -Wno-unused-function -c "$name.c" -o "$name.o") || exit 1
    largest=$(awk '$2 + 0 > most { most = $2 + 0 } END { print most + 0 }' "$work/$name.su")
    count=$((count + 1))
    if [ "$largest" -eq 0 ] || [ "$largest" -gt $((17 * 1024)) ] || grep -q 'dynamic$' "$work/$name.su"; then
        echo "FAILED: a function of $name takes $largest bytes of stack"
        failed=1
    fi
done
echo "$count checks"
exit $failed
