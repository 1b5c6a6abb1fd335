# lib_expect.sh: a directory to work in, and what nndc must say there. Sourced, not run.
set -u
nndc=${NNDC:?}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
cd "$work" || exit 1
count=0 failed=0

# expect CODE PATTERN ARGUMENT...: runs nndc; the pattern stands in what it prints
expect() {
    code=$1 pattern=$2
    shift 2
    count=$((count + 1))
    "$nndc" "$@" >out 2>&1
    got=$?
    if [ $got -ne "$code" ] || ! grep -qE -- "$pattern" out; then
        echo "FAILED: nndc $*: exit code $got (expected $code), expected '$pattern':"
        head -n 5 out
        failed=1
    fi
}
