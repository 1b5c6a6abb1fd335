#!/bin/sh
# Names of classes in the library: the functions that give them, in C and C++, with words that need
# escapes; the program of the header's comment says what 'predict' says.
set -u
nndc=${NNDC:?path of nndc}
cc=${NNDC_CC:-cc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export XDG_CACHE_HOME="$work/cache"
failed=0 checks=0

# check LABEL CODE: counts a check; CODE 0 is success.
check()
{
    checks=$((checks + 1))
    [ "$2" -eq 0 ] && return
    failed=$((failed + 1))
    echo "failed: $1"
}

cat >pets.nnd <<'END'
model pets {
    input x: f32[4]
    target kind: class["cat \"tom\"", "dög", "c\\ow??/"]
    target side: class["left */", "right"]
    target plain: class[2]
    h = x -> dense(5, kernel_init = ones, bias_init = constant(0.5)) -> relu
    what = h -> dense(3) -> softmax
    where = h -> dense(1) -> sigmoid
    Where = h -> dense(2) -> softmax
    other = h -> dense(2) -> softmax
    output what, where, Where, other, h
    loss cross_entropy(what, kind)
    loss binary_cross_entropy(where, side)
    loss cross_entropy(Where, side)
    loss cross_entropy(other, plain)
}
data { train = table { [0, 0, 0, 0] -> 1, 1, 0 } }
train { optimizer adam(0.1) epochs 30 }
END
"$nndc" emit pets.nnd -o . >log 2>&1
check "emits" $?
grep -q 'const char \*pets_what_class_name(int number);' pets.h && ! grep -q 'pets_other_class_name\|pets_h_class' pets.h
check "a function for each output of classes with names, and no other" $?
flags="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -O1"
cat >names.c <<'END'
#include "pets.h"
#include <stdio.h>
int main(void)
{
    for (int i = -1; i <= PETS_WHAT_CLASSES; i++)
        printf("%s\n", pets_what_class_name(i));
    for (int i = 0; i < PETS_WHERE_CLASSES; i++)
        printf("%s\n", pets_where_class_name(i));
    return 0;
}
END
cat >expected <<'END'
no such class
cat "tom"
dög
c\ow??/
no such class
left */
right
END
for standard in c99 c11; do
    $cc -std=$standard $flags names.c pets.c -lm -o names 2>log && ./names | cmp -s - expected
    check "words in $standard" $?
done
case $cc in
*clang*) cxx=clang++ ;;
*) cxx=g++ ;;
esac
if command -v $cxx >/dev/null; then
    cp names.c names.cc
    cp pets.c pets.cc
    $cxx -std=c++17 $flags names.cc pets.cc -lm -o names 2>log && ./names | cmp -s - expected
    check "words in C++" $?
fi
"$nndc" build pets.nnd -o pets_trainer >log 2>&1 && ./pets_trainer train --out run >log 2>&1
check "trains" $?
cp run/best.safetensors .
sed -n '/A complete program/,/^ \*     cc /p' pets.h | grep '^ \*     [^c ]\|^ \*         \|^ \*$' |
    sed 's/^ \*     \{0,1\}//; s/^ \*$//' | sed 's/^    //' >manual.c
$cc -std=c99 $flags manual.c pets.c -lm -o manual 2>log && ./manual >said
check "the header's example compiles and runs" $?
echo 0,0,0,0 >x.csv
./pets_trainer predict x.csv --weights best.safetensors >predicted
# "0 dög 0.9...": the class of the first output
word=$(sed 's/^0 \([^ ]*\) .*/\1/' predicted)
[ "$word" = "dög" ] && grep -qx "$word" said && [ "$(grep -cx 'right' said)" -eq 2 ]
check "the example says what predict says" $?

echo "$checks checks, $failed failed"
exit $failed
