#!/bin/sh
# nndc eval and nndc predict: trained weights at work, on files that only nndc can read (gzip, pictures).
. "$(dirname "$0")/lib_expect.sh"

# model TYPE: writes net.nnd with the data section of standard input
model() {
    cat >net.nnd <<END
model net {
    input image: $1
    target label: class["dark", "light"]
    y = image / 255 -> flatten -> dense(2) -> softmax
    output y
    loss cross_entropy(y, label)
}
$(cat)
train {
    optimizer adam(0.1) batch 4 epochs 20
}
END
}

# ---- gzip: two samples of 2 x 2 bytes, dark and light
mkdir data
printf '\000\000\010\003\000\000\000\002\000\000\000\002\000\000\000\002\000\000\000\000\377\377\377\377' >x.idx
printf '\000\000\010\001\000\000\000\002\000\001' >y.idx
gzip -c x.idx >data/x.idx.gz
gzip -c y.idx >data/y.idx.gz
echo 'data { train = idx("x.idx.gz", "y.idx.gz") test = idx("nowhere.gz", "y.idx.gz") }' | model 'u8[2, 2]'
expect 3 "cannot read 'runs/net/best.safetensors'" eval net.nnd --data data --set train
expect 3 "cannot read 'data/nowhere.gz'" train net.nnd --data data
expect 0 'weights: runs/net/best' train net.nnd --data data --source test=x.idx,y.idx
expect 3 "cannot read 'data/nowhere.gz'" eval net.nnd --data data
expect 0 '^train: 2 samples' eval net.nnd --data data --set train
expect 0 '^train: 2 samples' eval net.nnd --data data --set=train
expect 0 '^test: 2 samples' eval net.nnd --source test=x.idx,y.idx
expect 2 "'--set' needs train, validation or test, found 'tset'" eval net.nnd --data data --set tset
expect 0 '"loss": [0-9.]+' eval net.nnd --data data --set train --json
expect 0 '^1 light 0\.[5-9]' predict net.nnd data/x.idx.gz
expect 0 '^1 light 0\.[5-9]' predict net.nnd --weights runs/net/best.safetensors x.idx
expect 0 '^\{"index": 0, "class": 0, "name": "dark"' predict net.nnd data/x.idx.gz --json
# Packed files may lie anywhere, also those of --source; what else stands in the data directory stays there.
mkdir elsewhere
cp data/x.idx.gz 'elsewhere/x,1.idx.gz'
cp data/y.idx.gz elsewhere/y.idx.gz
cp runs/net/best.safetensors elsewhere/w.safetensors
echo "data { train = idx(\"../data/x.idx.gz\", \"y.idx.gz\") test = idx(\"x,1.idx.gz\", \"$work/y.idx\")
    validation = idx(\"$work/data/x.idx.gz\", \"../elsewhere/../y.idx\") }" | model 'u8[2, 2]'
sed -i 's/optimizer/weights "w.safetensors" optimizer/' net.nnd
expect 0 'weights: other/best' train net.nnd --data elsewhere --out other
grep -q '"data": "elsewhere"' other/config.json || { echo "FAILED: the run names its data"; failed=1; }
expect 0 '^test: 2 samples' eval net.nnd --data elsewhere
expect 0 '^validation: 2 samples' eval net.nnd --data elsewhere --set validation
expect 0 '^test: 2 samples' eval net.nnd --data data --source test=data/x.idx.gz,data/y.idx.gz
expect 0 '^train: 2 samples' eval net.nnd --data data --set train --source=train=x.idx,data/y.idx.gz
expect 3 "cannot read 'none.gz'" eval net.nnd --source test=x.idx,none.gz
cp x.idx 'elsewhere/x,2.idx'
sed -i 's/x,1.idx.gz/x,2.idx/; s/idx("..[^)]*)/idx("x,2.idx", "y.idx.gz")/' net.nnd
expect 3 "'elsewhere/x,2.idx' has a comma in its name and cannot stand beside a .gz file" \
    eval net.nnd --data elsewhere --set train
echo 'data { train = idx("x.idx.gz", "y.idx.gz") }' | model 'u8[2, 2]'
# Another file of the same size in the same second is another file.
head='\000\000\010\003\000\000\000\002\000\000\000\002\000\000\000\002'
printf "$head"'\012\012\012\012\310\310\310\310' | gzip -n >data/z.idx.gz
touch -d '2024-01-01 00:00:00.1' data/z.idx.gz
expect 0 '^0 dark' predict net.nnd data/z.idx.gz
size=$(wc -c <data/z.idx.gz)
printf "$head"'\310\310\310\310\012\012\012\012' | gzip -n >data/z.idx.gz
[ "$(wc -c <data/z.idx.gz)" -eq "$size" ] || { echo "FAILED: the two files differ in size"; failed=1; }
touch -d '2024-01-01 00:00:00.2' data/z.idx.gz
expect 0 '^0 light' predict net.nnd data/z.idx.gz
expect 3 "cannot read 'none.gz': No such file" predict net.nnd none.gz
expect 3 "'a.png' is a picture; .* such as 'test = images\(\"FOLDER\"\)'" predict net.nnd a.png
expect 3 "'data' is a folder; .* such as 'test = images\(\"FOLDER\"\)'" predict net.nnd data
expect 2 "needs a file to read samples from" predict net.nnd
expect 0 '^predict FILE' predict net.nnd --help
expect 0 '^    --set ' eval net.nnd -h
expect 2 "needs a .nnd file" predict

# ---- pictures
mkdir -p pictures/dark pictures/light
printf '\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000\000\000\002\000\000\000\002\010\000\000\000\000\127\335\122\370\000\000\000\013\111\104\101\124\170\332\143\140\000\001\000\000\006\000\001\155\050\020\057\000\000\000\000\111\105\116\104\256\102\140\202' >pictures/dark/1.png
printf '\211\120\116\107\015\012\032\012\000\000\000\015\111\110\104\122\000\000\000\002\000\000\000\002\010\000\000\000\000\127\335\122\370\000\000\000\016\111\104\101\124\170\332\143\370\377\237\341\377\177\000\013\372\003\375\375\115\304\146\000\000\000\000\111\105\116\104\256\102\140\202' >pictures/light/1.png
cp pictures/light/1.png third.PNG
echo 'data { train = images("pictures") }' | model 'u8[2, 2]'
expect 0 'weights: runs/net/best' train net.nnd
expect 0 '^train: 2 samples' eval net.nnd
expect 0 '^1 light 0\.[5-9]' predict net.nnd pictures/dark/1.png pictures/light/1.png
expect 0 '^\{"index": 2, "file": "third\.PNG", "class": 1' predict net.nnd pictures/dark/1.png --json pictures/light/1.png third.PNG
# A folder stands for its pictures, sorted by name; every line ends with the name.
mkdir folder
cp pictures/light/1.png folder/b.png
cp pictures/dark/1.png 'folder/a c.png'
touch folder/notes.txt
expect 0 '^0 dark 0\.[5-9][0-9]* folder/a c\.png$' predict net.nnd folder
expect 0 '^1 light 0\.[5-9][0-9]* folder/b\.png$' predict net.nnd folder/
expect 0 '^2 light 0\.[5-9][0-9]* third\.PNG$' predict net.nnd folder third.PNG
expect 0 '^\{"index": 0, "file": "folder/a c\.png", "class": 0' predict net.nnd folder --json
expect 3 "'pictures' has no PNG or JPEG files; its sub-folders are not searched" predict net.nnd pictures
printf 'one\ntwo' >names
expect 0 '^1 light 0\.[0-9]* two$' predict net.nnd folder --names names
expect 3 "'names' has 2 lines, but there are 3 samples" predict net.nnd folder third.PNG --names names
cp pictures/dark/1.png third.PNG
expect 0 '^0 dark 0\.[5-9]' predict net.nnd third.PNG
expect 3 "cannot read 'none.jpg': No such file" predict net.nnd none.jpg
printf 'no picture' >wrong.jpg
expect 3 "cannot decode 'wrong.jpg': it is neither a PNG nor a JPEG file" predict net.nnd wrong.jpg

# ---- a batch above that of the model is compiled for
echo 'data { train = circle(40) }' | model 'f32[2]'
expect 0 'batch 3,' train net.nnd --batch 3 --epochs 1
expect 0 'batch 17,' train net.nnd --batch 17 --epochs 1
expect 0 'batch 18,' train net.nnd --batch=18 --epochs 1
expect 2 "'--batch' needs a whole number" train net.nnd --batch many
expect 2 "'--batch' needs a whole number" train net.nnd --batch 0

# ---- results of every size can be read
cat >tiny.nnd <<END
model tiny {
    input x: f32[2]
    target t: f32[1]
    y = x -> dense(1)
    output y
    loss small = mean_squared_error(y, t) * 1e-9
    loss large = mean_squared_error(y, t) * 1e9
}
data { train = table { [1, 2] -> 3 } }
train { optimizer sgd(1e-20) epochs 1 }
END
expect 0 'small [0-9.]+e-[01][0-9]  large [0-9.]+e\+[01][0-9] ' train tiny.nnd

# ---- what is not trained may serve an output that has no loss
cat >aside.nnd <<END
model aside {
    input x: f32[2]
    target t: class[2]
    z = x -> standard_scale -> dense(3) -> batch_norm
    y = x -> dense(2) -> softmax
    freeze(z)
    output y, z
    loss cross_entropy(y, t)
}
data { train = circle(40) }
train { optimizer adam epochs 1 }
END
printf '1,2\n' >aside.csv
expect 0 'weights: ' train aside.nnd
expect 0 '^0 [01] 0\.[0-9]*( -?[0-9][0-9.e-]*){3}$' predict aside.nnd aside.csv
expect 0 'weights: ' train aside.nnd --resume --epochs 2
expect 0 'aside_weights.h' emit aside.nnd -o c --weights runs/aside/best.safetensors
sed -i '/freeze/d' aside.nnd
expect 1 "'z' has no influence on any loss" train aside.nnd

# ---- numbers of words that a table of vectors does not have
cat >words.nnd <<END
model words {
    input word: i32[2]
    input kind: u8
    target t: class[2]
    a = word -> embedding(5, 3) -> flatten
    y = concat(a, kind -> reshape([1]) -> embedding(300, 2) -> flatten) -> dense(2) -> softmax
    output y
    loss cross_entropy(y, t)
}
data { train = csv("words.csv") }
train { optimizer adam epochs 1 }
END
printf '0,4,255,1\n' >words.csv
expect 0 'weights: ' train words.nnd
expect 0 '^0 [01] 0' predict words.nnd words.csv
printf '0,4,9,1\n0,5,9,1\n' >words.csv
expect 3 "words.csv:2: column 1 is '5', 'word' needs a whole number from 0 to 4" train words.nnd
expect 3 "words.csv:2: column 1 is '5', 'word' needs a whole number from 0 to 4" predict words.nnd words.csv
printf '0,-1,9,1\n' >words.csv
expect 3 "column 1 is '-1', 'word' needs a whole number from 0 to 4" train words.nnd
printf '0,1,256,1\n' >words.csv
expect 3 "column 2 is '256', 'kind' needs a whole number from 0 to 255" train words.nnd

echo "$count checks"
exit $failed
