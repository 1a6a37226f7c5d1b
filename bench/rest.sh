#!/usr/bin/env bash
# What a day takes on disk, everything in the data folder, before and after its compaction, and what the compaction costs.
#
#   bench/rest.sh [lines of the day, 1000000] [tenants, 10] [keys of each, 20]
. "$(dirname -- "$0")/lib.sh"

lines=${1:-1000000} tenants=${2:-10} keys=${3:-20} goal=60

need dotnet curl jq awk
describe_machine
build_stathub

stathub generate --from 2025-06-01 --to 2025-06-02 --lines "$lines" --tenants "$tenants" --keys "$keys" --out "$work/hits-2025-06-02-00-00.log" 2>&1 | sed 's/^/journal: /'
start_server "$work/data" "$tenants" StatHub__Compaction__Enabled=false
ingest "$work/data" "$work/hits-2025-06-02-00-00.log" "$lines"
stop_server

report() { # title
  local data=$work/data
  # The server's own log, its token and the journal's empty folder are not the hits'.
  printf '| %s | %.1f | %.1f | %.1f |\n' "$1" "$(calc "$(bytes_of "$data"/segments) / $lines" 2)" "$(calc "$(bytes_of "$data"/stathub.db*) / $lines" 2)" \
    "$(calc "$(bytes_of "$data") / $lines" 2)"
}

echo
echo '| bytes a hit | segments | database | data folder |'
echo '|---|---|---|---|'
report 'before'
began=$(now)
compact "$work/data" "$tenants" 300
seconds=$(calc "$(now) - $began" 1)
cpu=$(cpu_of "$server") memory=$(peak_memory_of "$server")
stop_server
report 'after'
total=$(bytes_of "$work/data")
echo
find "$work/data" -type f -size +20k -printf '%9s %P\n' | sort -k2 | sed 's/^/file: /'
echo
echo "compaction: $seconds s, $cpu CPU s, both with the start, $(calc "$cpu * 1e6 / $lines" 1) us a hit, peak $memory MiB"
echo "at rest: $(calc "$total / $lines" 1) bytes a hit; target $goal: $([ "$(calc "$total / $lines <= $goal" 0)" = 1 ] && echo met || echo "missed by $(calc "($total / $lines - $goal) / $goal * 100" 0) %")"
[ "$(calc "$total / $lines <= $goal" 0)" = 1 ]
