#!/bin/sh
# dumps.sh: the dumps in docs/internals.md are what nndc prints for the model at the top of that page.
#
# A line before a block says what the block holds:
#     <!-- dump graph of step -->                      a whole section of 'nndc emit --dump=...'
#     <!-- dump graph of step from d_flatten_1: to d_dense_1.kernel: -->
#                                                      the lines of it that begin so, and all between
#     <!-- dump summary -->                            'nndc summary'
# UPDATE_GOLDEN=1 writes the page with what is printed now.
source=${NNDC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
nndc=${NNDC:-$source/build/release/nndc}
page=$source/docs/internals.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

awk '/^```nnd/ && !done { inside = 1; next } /^```/ { done += inside; inside = 0 } inside' "$page" >stripes.nnd
"$nndc" emit --dump=graph,fused,memory,kernels stripes.nnd >dumps || exit 1
{ echo "---- summary ----" && "$nndc" summary stripes.nnd; } >>dumps || exit 1

awk '
    # All lines of a section; from and to are how the first and last line begin.
    function show(section, from, to,    line, inside, on, shown) {
        while ((getline line < "dumps") > 0) {
            if (line ~ /^---- .* ----$/) { inside = line == "---- " section " ----"; continue }
            if (!inside) continue
            if (!on && (from == "" || index(line, from) == 1)) on = 1
            if (on && !(line == "" && from == "")) { if (blank) print ""; blank = 0; print line; shown++ }
            else if (on && shown) blank = 1
            if (on && to != "" && index(line, to) == 1) break
        }
        close("dumps"); blank = 0
        if (!shown) { print "FAILED nothing in " section " begins with " from > "/dev/stderr"; lost = 1 }
    }
    skipping && !/^```/ { next }
    { skipping = 0; print }
    /^<!-- dump .* -->$/ {
        what = $0; from = ""; to = ""
        gsub(/^<!-- dump | -->$/, "", what)
        if (match(what, / to .*$/)) { to = substr(what, RSTART + 4); what = substr(what, 1, RSTART - 1) }
        if (match(what, / from .*$/)) { from = substr(what, RSTART + 6); what = substr(what, 1, RSTART - 1) }
        wanted = 1; dumps++
        next
    }
    /^```/ && wanted { show(what, from, to); wanted = 0; skipping = 1 }
    END { print dumps + 0 > "count"; exit lost }
' "$page" >fresh || exit 1

echo "$(cat count) dumps"
[ "$(cat count)" -gt 0 ] || exit 1
if [ -n "$UPDATE_GOLDEN" ]; then
    cmp -s fresh "$page" || { cp fresh "$page" && echo "wrote $page"; }
elif ! diff -u "$page" fresh; then
    echo "docs/internals.md is old; UPDATE_GOLDEN=1 sh tests/docs/dumps.sh writes it anew"
    exit 1
fi
