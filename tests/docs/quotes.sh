#!/bin/sh
# quotes.sh: code quoted in docs/ is still what the named file holds. A quote is a block that begins with
#     ```c file=compiler/ops/activation.c
# A line '...' leaves something out; the parts between such lines must stand in the file, in order.
source=${NNDC_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for page in "$source"/docs/*.md; do
    awk -v root="$source" '
        function look(    at) {
            if (part == "") return
            at = index(substr(text, from), part)
            if (at == 0) {
                printf "FAILED %s: %s has no such lines:\n%s", place, path, part
                failed++
            } else
                from += at - 1 + length(part)
            part = ""
        }
        /^```c file=/ {
            path = $2; sub("file=", "", path); place = FILENAME ":" FNR
            text = "\n"; found = 0
            while ((getline line < (root "/" path)) > 0) { text = text line "\n"; found = 1 }
            close(root "/" path)
            if (!found) { printf "FAILED %s: there is no file %s\n", place, path; failed++ }
            inside = 1; from = 1; part = ""; quotes++
            next
        }
        /^```/ { if (inside) look(); inside = 0; next }
        inside && /^ *\.\.\.$/ { look(); next }
        inside { part = part $0 "\n" }
        END { print quotes + 0, failed + 0 }
    ' "$page" >"$work/result"
    grep FAILED -A 40 "$work/result" | sed '$d'
    tail -1 "$work/result" >>"$work/counts"
done
awk '{ quotes += $1; failed += $2 } END {
    print quotes " quotes, " failed " failed"; exit quotes == 0 || failed > 0 }' "$work/counts"
