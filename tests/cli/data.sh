#!/bin/sh
# nndc data: what is packed and said, from real pictures where they are, and about broken ones always.
data=${NNDC_SHARED:?}/data
. "$(dirname "$0")/lib_expect.sh"

# model SOURCE [CLASSES [SHAPE]]: writes net.nnd
model() {
    cat >net.nnd <<END
model net {
    input image: u8[${3:-8, 8, 1}]
    target label: class[${2:-2}]
    y = image / 255 -> flatten -> dense(${2:-2}) -> softmax
    output y
    loss cross_entropy(y, label)
    metric accuracy(y, label)
}
data {
    train = $1
}
train {
    optimizer adam
    epochs 2
}
END
}

# ---- what is said about wrong data
mkdir -p pictures/a pictures/b empty
printf 'no picture' >pictures/a/x.png
printf '\211PNG\r\n\032\nxx' >pictures/b/y.png
printf 'file,label\nx,0\nnowhere,1\n' >pictures/missing.csv
printf 'file,label\na/x,7\n' >pictures/unknown.csv
printf 'file,label\na/x\n' >pictures/short.csv
printf 'no matrix' >wrong.mat

expect 2 "needs 'pack' or 'info', found 'pak'; did you mean 'pack'" data pak
expect 2 "needs one .nnd file" data pack
expect 2 "needs a file or a folder" data info
expect 0 '^nndc data - ' help data
model 'images("pictures")'
expect 3 "cannot decode 'pictures/a/x.png': it is neither a PNG nor a JPEG file" data pack net.nnd
[ -z "$(ls ./*.safetensors* 2>/dev/null)" ] || { echo "FAILED: a failed pack left a file"; failed=1; }
rm pictures/a/x.png
expect 3 "cannot decode 'pictures/b/y.png': " data pack net.nnd
expect 3 "cannot decode 'pictures/b/y.png': " train net.nnd
model 'images("pictures")' 3
expect 3 "'pictures' has 2 classes \('a', 'b'\), the target 'label' is class\[3\]" data pack net.nnd
model 'images("empty")'
expect 3 "'empty' has no sub-folders" data pack net.nnd
model 'images("nowhere")'
expect 3 "cannot read 'nowhere': No such file" data pack net.nnd
model 'images("pictures", labels = "missing.csv", extension = ".png")'
expect 3 "cannot read 'pictures/x.png': No such file" data pack net.nnd
model 'images("pictures", labels = "unknown.csv", extension = ".png")'
expect 3 "pictures/unknown.csv:2: label '7' is not known; 'label' needs a class from 0 to 1" data pack net.nnd
model 'images("pictures", labels = "unknown.csv", file = "name")'
expect 3 "'pictures/unknown.csv' has no column 'name'; it has 'file', 'label'" data pack net.nnd
model 'images("pictures", labels = "short.csv")'
expect 3 "pictures/short.csv:2: 1 fields, the first line has 2" data pack net.nnd
model 'mat("wrong.mat", inputs = "Data", targets = "labels")'
expect 3 "cannot read 'wrong.mat': " data pack net.nnd
expect 3 "cannot read 'wrong.mat': " data info wrong.mat
expect 3 "cannot read 'nowhere': No such file" data info nowhere
printf '\037\213' >short.gz
expect 3 "cannot unpack 'short.gz': the file is cut short" data info short.gz
printf '\001\000\002' >strange
expect 3 "'strange' is in no format that nndc knows" data info strange

# ---- CDB: three pictures, 3 x 2, 1 x 1 and 2 x 3 (width, height), of runs that begin with paper
head -c 6 /dev/zero >few.cdb
printf '\003\000\000\000' >>few.cdb
head -c 1014 /dev/zero >>few.cdb
printf '\377\001\003\002\005\000\001\002\000\002\001\377\000\001\001\002\000\000\001' >>few.cdb
cp few.cdb two.cdb
printf '\377\002\002\003\004\000\002\000\002\002' >>few.cdb
expect 0 'pictures +3$' data info few.cdb
expect 0 'height +1 to 3$' data info few.cdb
expect 0 '"label 2": 1' data info few.cdb --json
expect 3 "'two.cdb': picture 2 of 3 is damaged" data info two.cdb
head -c 1000 few.cdb >short.cdb
expect 3 "'short.cdb' is not a CDB file: it has 1000 bytes, its header needs 1024" data info short.cdb
sed 's/\o377\o002\o002\o003/\o377\o002\o003\o003/' few.cdb >runs.cdb
expect 3 "'runs.cdb': picture 2 of 3 is damaged" data info runs.cdb
model 'cdb("few.cdb")' 3 '2, 3'
expect 0 '3 samples' data pack net.nnd -o few.safetensors
# The first picture as it is, ink 255: 0 1 1 / 1 1 0.
first=$(tail -c 18 few.safetensors | head -c 6 | od -An -tu1 | tr -s ' ')
count=$((count + 1))
[ "$first" = " 0 255 255 255 255 0" ] || { echo "FAILED: first picture of few.cdb is '$first'"; failed=1; }
model 'cdb("few.cdb", rows = 1..4)' 3 '2, 3'
expect 3 "'few.cdb' has 3 samples, 'rows' asks for 1 to 4, counted from 0" data pack net.nnd
model 'cdb("few.cdb")' 2 '2, 3'
expect 3 "'few.cdb': picture 2 has label 2, 'label' needs a class from 0 to 1" data pack net.nnd
model 'digits(10)' 10 '28, 28'
expect 0 'nothing to pack' data pack net.nnd
printf 'a,b\n1,x\n?,y\n3.5,x\n' >table.csv
expect 0 'a +numbers +1 to 3.5; 1 missing' data info table.csv
expect 0 '"name": "b", "type": "words"' data info --json table.csv

[ -d "$data/images" ] || { echo "no data sets in $data: $count checks without them"; exit $((failed ? 1 : 77)); }

# ---- real pictures and matrices
expect 0 'class 1 +dog +200 pictures' data info "$data/images/cats-dogs"
expect 0 '"name": "cat", "pictures": 200' data info --json "$data/images/cats-dogs"
expect 0 'Data +cell +\[60000, 1\]' data info "$data/hoda/Data_hoda_full.mat"
expect 0 'pictures +20000$' data info "$data/hoda/Test 20000.cdb"
expect 0 'U8 +\[60000\]' data info "$data/mnist/train-labels-idx1-ubyte.gz"
expect 0 '^  channels +1$' data info "$data/images/mnist-png/test/7/60000.png"

model 'images("images/mnist-png", labels = "test.csv", file = "filepath", rows = 0..99)' 10 '28, 28, 1'
expect 0 'net.train.safetensors: 100 samples of the train set' data pack net.nnd --data "$data"
expect 0 'image +U8 +\[100, 28, 28, 1\]' data info net.train.safetensors
expect 0 '100 training samples' train net.nnd --data "$data" --out run
expect 0 '100 training samples' train net.nnd --source train=net.train.safetensors --out run2
expect 0 'net$' build net.nnd -o ./net
./net train >out 2>&1
grep -q "nndc data pack net.nnd --set train" out || { echo "FAILED: the trainer does not say how to pack"; failed=1; }
expect 2 "nothing to pack for the set test" data pack net.nnd --set test
model 'images("images/hymenoptera", labels = "labels.csv", where = ["split", "val"])' 2 '16, 20, 3'
expect 0 '80 samples' data pack net.nnd --data "$data" -o val.safetensors
expect 0 'classes +ants, bees' data info val.safetensors
model 'images("images/hymenoptera/val")' 2 '16, 20, 3'
expect 0 '80 samples' data pack net.nnd --data "$data" -o folders.safetensors
cmp -s val.safetensors folders.safetensors || { echo "FAILED: rows and folders give other values"; failed=1; }
model 'cdb("hoda/Test 20000.cdb", rows = 100..299)' 10 '5, 5, 1'
expect 0 'net.train.safetensors: 200 samples of the train set' data pack net.nnd --data "$data"
expect 0 '200 training samples' train net.nnd --data "$data" --out run
model 'mat("hoda/Data_hoda_full.mat", inputs = "Data", targets = "labels", rows = 1000..1199)' 10 '5, 5'
expect 0 '200 samples' data pack net.nnd --data "$data"
model 'mat("hoda/Data_hoda_full.mat", inputs = "Data", targets = "nothing")' 10 '5, 5'
expect 3 "has no variable 'nothing'.*it holds 'Data', 'labels'" data pack net.nnd --data "$data"

# A full disk leaves nothing behind.
model 'images("images/mnist-png/test")' 10 '28, 28, 1'
sh -c 'trap "" XFSZ; ulimit -f 100; exec "$0" data pack net.nnd --data "$1" -o limited.safetensors' \
    "$nndc" "$data" >out 2>&1
[ $? -eq 3 ] && grep -q "cannot write 'limited.safetensors': File too large" out ||
    { echo "FAILED: a full disk is not told:"; cat out; failed=1; }
[ -z "$(ls limited* 2>/dev/null)" ] || { echo "FAILED: half a file is left"; failed=1; }

echo "$count checks"
exit $failed
