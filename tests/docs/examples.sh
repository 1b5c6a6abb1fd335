#!/bin/sh
# examples.sh: every example of the language in README.md and docs/ goes through 'nndc check'.
#
# What stands after the fence says what the block is:
#   ```nnd             a whole file
#   ```nnd model       statements of a model; 'image', 'x', 'signal', 'label' and 'y' are declared
#   ```nnd data        entries of a data section for a model of 'image' and 'label'
#   ```nnd train       settings of a train section of such a model
#   ```nnd top         parameters, constants and blocks; a small model follows them
#   ```nnd file=NAME   a file that later blocks of the page may import
#   ```nnd wrong       a whole file that must be refused with the text of the next ```text block
# Examples are called net.nnd in messages. A warning is a failure, too, unless it is about a name that
# a fragment leaves unused. UPDATE_GOLDEN=1 writes the messages that are printed now into the pages.
source=${NNDC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
nndc=${NNDC:-$source/build/release/nndc}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checked=0
failed=0

fail() {
    echo "FAILED $1"
    sed 's/^/    /' "$2"
    failed=$((failed + 1))
}

# extract PAGE: writes block NNNN.nnd, its kind NNNN.kind, and for wrong blocks NNNN.err
extract() {
    awk -v out="$work/block" '
        /^```/ && inside { inside = 0; close(file); next }
        /^```nnd/ {
            number++; inside = 1
            file = sprintf("%s/%04d.nnd", out, number)
            kind = $2 == "" ? "whole" : $2
            kind_file = sprintf("%s/%04d.kind", out, number)
            print kind, FILENAME ":" FNR > kind_file; close(kind_file)
            printf "" > file
            wants_error = kind == "wrong"
            next
        }
        /^```text/ && wants_error {
            inside = 1; wants_error = 0
            file = sprintf("%s/%04d.err", out, number)
            printf "" > file
            next
        }
        /^```/ { inside = 1; file = "/dev/null"; next }
        inside { print > file }
    ' "$1"
}

declarations='input image: u8[28, 28, 1] input x: f32[8] input signal: f32[100, 4]
    target label: class[10] target y: f32[1]'
small_model='model example { input image: u8[28, 28, 1] target label: class[10]
    scores = image / 255 -> flatten -> dense(10) -> softmax output scores
    loss cross_entropy(scores, label) metric accuracy(scores, label) }'

# wrap KIND BLOCK: makes net.nnd of a block
wrap() {
    case $1 in
    whole | wrong) cat "$2" ;;
    top) cat "$2" && echo "$small_model" ;;
    data) echo "$small_model data {" && cat "$2" && echo "} train { optimizer adam }" ;;
    train) echo "$small_model data { train = digits(100) validation = split(train, 0.2) } train {" &&
        cat "$2" && echo "}" ;;
    model) echo "model example { $declarations" && cat "$2" && {
        grep -q '^ *output ' "$2" || echo "example = x -> identity output example"
    } && echo "}" ;;
    *) return 1 ;;
    esac
}

# run PLACE KIND BLOCK
run() {
    case $2 in
    file=*)
        cp "$3" "${2#file=}" && "$nndc" fmt "${2#file=}" >/dev/null 2>got || fail "$1" got
        return
        ;;
    esac
    wrap "$2" "$3" >net.nnd || { echo "a block cannot be '$2'" >got && fail "$1" got && return; }
    "$nndc" check net.nnd >/dev/null 2>got
    code=$?
    if [ "$2" = wrong ]; then
        [ "$code" -eq 1 ] || fail "$1 (exit code $code, expected 1)" got
        [ -z "$UPDATE_GOLDEN" ] || cp got "${3%.nnd}.err"
        diff -u "${3%.nnd}.err" got >difference || fail "$1 (its message)" difference
    elif [ "$code" -ne 0 ]; then
        fail "$1 (exit code $code)" got
    elif [ "$2" != model ] && [ -s got ]; then
        fail "$1 (a warning)" got
    fi
}

# refresh PAGE: puts the messages of wrong blocks into their ```text blocks
refresh() {
    awk -v out="$work/block" '
        skipping && !/^```/ { next }
        { skipping = 0; print }
        /^```/ && inside { inside = 0; next }
        /^```nnd/ { number++; wants_error = $2 == "wrong"; inside = 1; next }
        /^```text/ && wants_error {
            file = sprintf("%s/%04d.err", out, number)
            while ((getline line < file) > 0) print line
            close(file); skipping = 1; wants_error = 0
        }
        /^```/ { inside = 1 }
    ' "$1" >refreshed && { cmp -s refreshed "$1" || cp refreshed "$1"; }
}

cd "$work" || exit 1
for page in "$source"/README.md "$source"/docs/*.md; do
    rm -rf block *.nnd && mkdir block
    extract "$page"
    before=$checked
    for block in block/*.nnd; do
        [ -e "$block" ] || continue
        read -r kind place <"${block%.nnd}.kind"
        checked=$((checked + 1))
        run "$place" "$kind" "$block"
    done
    [ -z "$UPDATE_GOLDEN" ] || refresh "$page"
    [ "$(basename "$page")" != language.md ] || in_language=$((checked - before))
done
echo "$checked examples, $failed failed"
# The reference of the language is nothing but examples with text around them.
[ "${in_language:-0}" -ge 20 ] || { echo "only ${in_language:-0} examples in docs/language.md" && exit 1; }
[ "$failed" -eq 0 ]
