#!/bin/sh
# run.sh FOLDER SECONDS JOBS: runs each libFuzzer program in FOLDER for SECONDS, JOBS at a time. What it learns is kept in
# FOLDER/corpus; the seeds beside this file are read only. An input that breaks a property is left in FOLDER/found.
set -eu
folder=$(cd "$1" && pwd) seconds=$2 jobs=$3
seeds=$(cd "$(dirname "$0")" && pwd)/corpus

one='
name=$(basename "$1" _fuzz)
mkdir -p "$2/corpus/$name" "$2/found"
[ -d "$3/$name" ] && seeds=$3/$name
if "$1" -max_total_time="$4" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$2/found/$name-" "$2/corpus/$name" ${seeds:+"$seeds"} \
  > "$2/$name.log" 2>&1
then echo "ok    $name: $(tail -n 1 "$2/$name.log")"
else echo "FAIL  $name:"; tail -n 40 "$2/$name.log"; exit 1
fi'
find "$folder" -maxdepth 1 -name '*_fuzz' -print0 | sort -z |
  xargs -0 -P "$jobs" -I{} sh -c "$one" sh {} "$folder" "$seeds" "$seconds"
