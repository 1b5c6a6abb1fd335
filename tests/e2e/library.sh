#!/bin/sh
# The inference library: the same numbers as the trainer's predict to the bit (with one sample at a
# time, with many, with weights loaded and embedded), no heap, no stdio, no variables, nothing public
# but its own names; two networks in one program; the program in the header's comment works.
. "$(dirname "$0")/lib_e2e.sh"
write_models
# With fused multiply-adds, where the machine has them: the harder case for equal bits.
native=
echo 'int main(void) { return 0; }' >"$work/probe.c"
$first_compiler -march=native "$work/probe.c" -o "$work/probe" 2>/dev/null && native=-march=native

# Samples as CSV, a fixed random sequence: samples COUNT COLUMNS LARGEST DIVISOR
samples()
{
    awk -v n="$1" -v columns="$2" -v most="$3" -v by="$4" 'BEGIN {
        x = 12345
        for (i = 0; i < n; i++)
            for (c = 0; c < columns; c++) {
                x = (x * 1103 + 12345) % 65521
                printf "%g%s", (x % (most + 1)) / by, c + 1 < columns ? "," : "\n"
            }
    }'
}

# line TEXT: as it is; echo would read backslashes.
line()
{
    printf '%s\n' "$1"
}

# driver MODEL "TYPE:NAME ..." "NAME ...": a program that reads a CSV and prints every output as
# predict --json does, after checking that the results do not depend on n. With -DEMBEDDED it uses
# MODEL_weights.h, else it loads argv[1] into memory that starts at an odd address.
driver()
{
    model=$1
    upper=$(echo "$model" | tr a-z A-Z)
    macro() { echo "${upper}_$(echo "$1" | tr a-z A-Z)_SIZE"; }
    line "#include \"$model.h\""
    line '#include <stdio.h>'
    line '#include <string.h>'
    line '#ifdef EMBEDDED'
    line "#include \"${model}_weights.h\""
    line '#endif'
    line 'enum { MOST = 64 };'
    line "static ${model}_weights weights;"
    line "static unsigned char room[${upper}_WORKSPACE_BYTES + 1], file[${upper}_FILE_BYTES + 1];"
    call_all= call_one=
    for input in $2; do
        name=${input#*:} type=$(echo "${input%%:*}" | tr . ' ')
        line "static $type $name[MOST * $(macro $name)];"
        call_all="$call_all, $name"
        call_one="$call_one, $name + i * $(macro $name)"
    done
    for name in $3; do
        line "static float $name[MOST * $(macro $name)], one_$name[MOST * $(macro $name)];"
        call_all="$call_all, $name"
        call_one="$call_one, one_$name + i * $(macro $name)"
    done
    line 'int main(int argc, char **argv)'
    line '{'
    line "    const ${model}_weights *w = &weights;"
    line '    unsigned char *workspace = room + 1;'
    line '    FILE *stream;'
    line '    double value;'
    line '    int n = 0, status = 0;'
    line '    if (argc != 3) return 2;'
    line '#ifdef EMBEDDED'
    line "    w = &${model}_trained;"
    line '    (void)file;'
    line '#else'
    line '    stream = fopen(argv[1], "rb");'
    line '    if (stream == NULL) return 3;'
    line '    size_t size = fread(file + 1, 1, sizeof file - 1, stream);'
    line '    fclose(stream);'
    line "    status = ${model}_load(&weights, file + 1, size);"
    line "    if (status != ${upper}_OK) { puts(${model}_error_text(status)); return 1; }"
    line '#endif'
    line '    stream = fopen(argv[2], "r");'
    line '    if (stream == NULL) return 3;'
    line '    for (; n < MOST; n++) {'
    for input in $2; do
        name=${input#*:} type=$(echo "${input%%:*}" | tr . ' ')
        line "        for (int k = 0; k < $(macro $name); k++) {"
        line '            if (fscanf(stream, "%lf%*[,]", &value) < 1) goto done;'
        line "            $name[n * $(macro $name) + k] = ($type)value;"
        line '        }'
    done
    line '    }'
    line 'done:'
    line '    fclose(stream);'
    line "    ${model}_infer(w, workspace, n$call_all);"
    line '    for (int i = n - 1; i >= 0; i--)'
    line "        ${model}_infer(w, workspace, 1$call_one);"
    for name in $3; do
        line "    if (memcmp($name, one_$name, sizeof $name) != 0) { puts(\"differs with n\"); return 1; }"
    done
    line '    for (int i = 0; i < n; i++) {'
    line '        printf("%d", i);'
    for name in $3; do
        line "        for (int k = 0; k < $(macro $name); k++)"
        line "            printf(\"%s%.9g\", k > 0 ? \", \" : \", $name: [\", (double)$name[i * $(macro $name) + k]);"
        line '        printf("]");'
    done
    line '        printf("\n");'
    line '    }'
    line '    return 0;'
    line '}'
}

# Lines of predict --json in the form of the driver.
plain()
{
    sed 's/^{"index": //; s/"class": [0-9]*, //; s/[{}"]//g'
}

# close LABEL FILE FILE: the same words, numbers within 1e-5.
close()
{
    if paste -d ' ' "$2" "$3" | tr -d ',[]' | awk '
        NF % 2 { exit 1 }
        { for (i = 1; i <= NF / 2; i++) {
            d = $i - $(i + NF / 2)
            if ($i ~ /[a-z]/ ? $i != $(i + NF / 2) : d > 1e-5 || d < -1e-5) exit 1
        } }
        END { if (NR == 0) exit 1 }'; then pass; else miss "$1: $2 and $3 differ"; fi
}

# check_object MODEL CC: what the compiled library needs and offers.
check_object()
{
    must "$2 compiles the library of $1" \
        $2 -std=c99 -O2 -fno-pie -c "$work/$1/$1.c" -o "$work/$1/$1.o" || return
    nm -u "$work/$1/$1.o" | awk '{print $NF}' | sort -u >"$work/needs"
    if grep -Evx 'mem(cpy|set|cmp|move)|strlen|bcmp|_GLOBAL_OFFSET_TABLE_|(exp|log|tanh|sqrt|fmax|fmin|log1p|pow|sin|cos)f?' \
        "$work/needs"; then
        miss "$2: the library of $1 needs the functions above"
    else
        pass
    fi
    if nm "$work/$1/$1.o" | grep -E ' [BbCcDdGgSs] '; then
        miss "$2: the library of $1 has the variables above"
    else
        pass
    fi
    if nm -g --defined-only "$work/$1/$1.o" | awk '{print $3}' | grep -v "^$1_"; then
        miss "$2: the library of $1 has the public names above"
    else
        pass
    fi
}

# check_model MODEL "TYPE:NAME ..." "NAME ..." COLUMNS LARGEST DIVISOR
check_model()
{
    model=$1 dir=$work/$1
    emit $model || return
    must "build" $first_compiler -O3 "$dir/${model}_trainer.c" -lm -o "$dir/trainer" || return
    must "train" "$dir/trainer" train --out "$dir/run" || return
    weights=$dir/run/best.safetensors
    samples 37 $4 $5 $6 >"$dir/samples.csv"
    must "predict" "$dir/trainer" predict --json --weights "$weights" "$dir/samples.csv" || return
    plain <"$work/log" >"$dir/expected"
    driver $model "$2" "$3" >"$dir/driver.c"
    for cc in $compilers; do
        must "build" $cc -O3 $native "$dir/${model}_trainer.c" -lm -o "$dir/trainer" || continue
        must "predict" "$dir/trainer" predict --json --weights "$weights" "$dir/samples.csv"
        plain <"$work/log" >"$dir/expected"
        must "$cc builds a user of $model" $cc -O3 $native "$dir/driver.c" "$dir/$model.c" -lm -o "$dir/driver" || continue
        must "library of $model runs" "$dir/driver" "$weights" "$dir/samples.csv"
        cp "$work/log" "$dir/found"
        same "$cc: library of $model equals predict" "$dir/expected" "$dir/found"
        check_object $model $cc
    done
    must "emit weights" "$NNDC" emit "$work/$model.nnd" -o "$dir" --weights "$weights"
    must "embedded" $first_compiler -O3 -DEMBEDDED "$dir/driver.c" "$dir/$model.c" -lm -o "$dir/embedded" &&
        must "embedded runs" "$dir/embedded" none "$dir/samples.csv"
    cp "$work/log" "$dir/embedded_found"
    must "loaded" $first_compiler -O3 "$dir/driver.c" "$dir/$model.c" -lm -o "$dir/driver"
    must "loaded runs" "$dir/driver" "$weights" "$dir/samples.csv"
    cp "$work/log" "$dir/loaded_found"
    if [ $model = tiny_conv ] || [ $model = tiny_frozen ]; then # batch-norms are folded in double for the header, in float by load
        close "embedded weights of $model are those loaded" "$work/log" "$dir/embedded_found"
    else
        same "embedded weights of $model equal loaded ones" "$work/log" "$dir/embedded_found"
    fi
    # Compiled for several samples at once.
    must "emit for batches" "$NNDC" emit "$work/$model.nnd" --batch 16 -o "$dir/batch"
    cp "$dir/driver.c" "$dir/batch/driver.c" # beside its own header
    must "batches" $first_compiler -O3 "$dir/batch/driver.c" "$dir/batch/$model.c" -lm -o "$dir/driver" &&
        must "batches run" "$dir/driver" "$weights" "$dir/samples.csv"
    same "the library of $model gives the same for batches" "$dir/loaded_found" "$work/log"
    if has_openmp $first_compiler; then
        must "threads" $first_compiler -O3 $warnings -fopenmp "$dir/batch/driver.c" "$dir/batch/$model.c" -lm -o "$dir/driver" &&
            must "threads run" env OMP_NUM_THREADS=2 "$dir/driver" "$weights" "$dir/samples.csv"
        same "the library of $model gives the same with threads" "$dir/loaded_found" "$work/log"
    fi
    # The program in the header's comment, as it stands there.
    sed -n '/A complete program/,/^ \*     cc /p' "$dir/$model.h" | grep '^ \*     [^c ]\|^ \*         \|^ \*$' |
        sed 's/^ \*     \{0,1\}//; s/^ \*$//' | sed 's/^    //' >"$dir/manual.c"
    cp "$weights" "$dir/best.safetensors"
    must "the header's example compiles" $first_compiler $warnings -std=c99 -O2 -I"$dir" "$dir/manual.c" "$dir/$model.c" \
        -lm -o "$dir/manual" && must "the header's example runs" sh -c "cd '$dir' && ./manual"
}

check_model tiny_dense float:point scores 2 2000 1000
check_model tiny_conv unsigned.char:image scores 784 255 1
check_model tiny_frozen unsigned.char:image scores 784 255 1
check_model tiny_branches "float:left float:right" "guess gate" 5 2000 1000

# A frozen part with a transformed kernel of 17 MB, which the trainer makes in each call, the library once.
cat >"$work/bulky.nnd" <<'END'
model bulky {
    input image: u8[28, 28, 1]
    target label: class[10]
    base = image / 255 -> conv2d(344, kernel = 3, padding = same) -> relu -> conv2d(344, kernel = 3, padding = same)
    freeze(base)
    scores = base -> relu -> max_pool2d(4) -> flatten -> dense(10) -> softmax
    output scores
    loss cross_entropy(scores, label)
}
data { train = digits(count = 6, seed = 1) }
train { optimizer adam(0.01) batch 4 epochs 1 seed 6 }
END
dir=$work/bulky
emit bulky && must "build" $first_compiler -O3 $native "$dir/bulky_trainer.c" -lm -o "$dir/trainer" &&
    must "train" "$dir/trainer" train --out "$dir/run" || finish
samples 5 784 255 1 >"$dir/samples.csv"
driver bulky unsigned.char:image scores >"$dir/driver.c"
must "predict" "$dir/trainer" predict --json --weights "$dir/run/best.safetensors" "$dir/samples.csv"
plain <"$work/log" >"$dir/expected"
must "build" $first_compiler -O3 $native "$dir/driver.c" "$dir/bulky.c" -lm -o "$dir/driver" &&
    must "library of bulky runs" "$dir/driver" "$dir/run/best.safetensors" "$dir/samples.csv"
same "the library of bulky equals predict" "$dir/expected" "$work/log"

# Two networks in one program, and a weights file of the other one.
cat >"$work/two.c" <<'END'
#include "tiny_conv/tiny_conv.h"
#include "tiny_dense/tiny_dense.h"
#include <stdio.h>
static tiny_dense_weights dense;
static tiny_conv_weights conv;
static unsigned char dense_file[TINY_DENSE_FILE_BYTES], conv_file[TINY_CONV_FILE_BYTES];
static size_t read_file(const char *path, unsigned char *to, size_t room)
{
    FILE *stream = fopen(path, "rb");
    size_t size = stream ? fread(to, 1, room, stream) : 0;
    if (stream)
        fclose(stream);
    return size;
}
int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    size_t d = read_file(argv[1], dense_file, sizeof dense_file);
    size_t c = read_file(argv[2], conv_file, sizeof conv_file);
    int wrong = 0;
    wrong += tiny_dense_load(&dense, dense_file, d) != TINY_DENSE_OK;
    wrong += tiny_conv_load(&conv, conv_file, c) != TINY_CONV_OK;
    wrong += tiny_conv_load(&conv, dense_file, d) == TINY_CONV_OK;
    wrong += tiny_dense_load(&dense, dense_file, d - 1) != TINY_DENSE_ERROR_RANGE;
    wrong += tiny_dense_load(&dense, dense_file, 20) != TINY_DENSE_ERROR_SHORT;
    wrong += tiny_dense_load(&dense, dense_file, 0) != TINY_DENSE_ERROR_SHORT;
    dense_file[8] = 'x';
    wrong += tiny_dense_load(&dense, dense_file, d) != TINY_DENSE_ERROR_HEADER;
    printf("%d wrong\n", wrong);
    return wrong;
}
END
must "two networks link" $first_compiler -std=c99 -O2 -I"$work" "$work/two.c" "$work/tiny_dense/tiny_dense.c" \
    "$work/tiny_conv/tiny_conv.c" -lm -o "$work/two" &&
    must "two networks load" "$work/two" "$work/tiny_dense/run/best.safetensors" "$work/tiny_conv/run/best.safetensors"
finish
