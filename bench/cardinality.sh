#!/usr/bin/env bash
# What many names cost the ingest: the same number of lines of 20 tenants with 500 keys each, of one tenant whose every line has
# another key, of the same tenant once it has all these keys, and of ten thousand tenants with 5 keys each. Each round measures
# all of them once, in turning order but for the third, which follows the second.
#
#   bench/cardinality.sh [lines, 1000000] [keys of the one tenant, 1000000] [tenants, 10000] [rounds, 1]
. "$(dirname -- "$0")/lib.sh"

lines=${1:-1000000} many_keys=${2:-1000000} many_tenants=${3:-10000} rounds=${4:-1} goal=0.5 memory_goal=1024
usual_tenants=20

need dotnet curl jq awk perl
need_two_cores
describe_machine
build_stathub

# ---- Lines ---------------------------------------------------------------------------------------------------------

generate() { # day tenants keys
  stathub generate --from "$1" --to "$(date -ud "$1 + 1 day" +%F)" --lines "$lines" --tenants "$2" --keys "$3" --seed 7 2>>"$work/generate.log"
}

# Gives line after line the next of all keys, spread over the alphabet: 7919 is a prime, so none comes twice before all have come.
with_keys() {
  perl -pe 'BEGIN { $keys = shift } $key = sprintf("page-%08d", $. * 7919 % $keys); s/"key":"home"/"key":"$key"/; s{/p/demo/home}{/p/demo/$key}' "$many_keys"
}

[ $((many_keys % 7919)) -ne 0 ] || die "$many_keys keys are a multiple of 7919"
generate 2025-06-01 "$usual_tenants" 500 >"$work/usual.log"
generate 2025-06-01 1 1 | with_keys >"$work/keys.log"
generate 2025-06-02 1 1 | with_keys >"$work/known.log"
generate 2025-06-01 "$many_tenants" 5 >"$work/tenants.log"
# On their way to the disk they would slow the first measurements.
sync
distinct_keys=$((lines < many_keys ? lines : many_keys))

declare -A title=(
  [usual]="$usual_tenants tenants with 500 keys"
  [keys]="one tenant, $distinct_keys keys, all new"
  [known]="the same tenant, its $distinct_keys keys known"
  [tenants]="$many_tenants tenants with 5 keys"
)
cases=(usual keys known tenants)

# ---- Measurements --------------------------------------------------------------------------------------------------

# The server runs and has so many lines already.
measure() { # case data-folder lines-before
  local cpu machine start wall file=$2/hits-2025-06-02-00-00.log
  ln "$work/$1.log" "$file"
  # The peak of the case before is not that of this one.
  echo 5 >"/proc/$server/clear_refs"
  cpu=$(cpu_of "$server") machine=$(cpu_of_machine) start=$(now)
  ingest "$2" "$file" $(($3 + lines))
  wall=$(calc "$(now) - $start") cpu=$(calc "$(cpu_of "$server") - $cpu")
  [ "$(ask /api/v1/ledger?from=2000-01-01 | jq .counted)" = $(($3 + lines)) ] || die "$1: not every line was counted"
  echo "$wall" >>"$work/$1.wall"
  echo "$cpu" >>"$work/$1.cpu"
  echo "$(peak_memory_of "$server")" >>"$work/$1.memory"
  bytes_of "$2" >"$work/$1.bytes"
  printf '%-8s %7.2f s   %6.2f CPU s   %8.0f lines/s   peak %s MiB   others %.1f CPU s\n' "$1" "$wall" "$cpu" \
    "$(calc "$lines / $wall")" "$(tail -1 "$work/$1.memory")" "$(calc "$(cpu_of_machine) - $machine - $cpu" 1)"
}

end() { # data-folder
  stop_server
  rm -rf "$1"
  sync
}

measure_usual() { # data-folder
  start_server "$1" "$usual_tenants"
  measure usual "$1" 0
  end "$1"
}

measure_keys() {
  start_server "$1" 1 StatHub__Bounds__KeyLimit=$((2 * many_keys))
  measure keys "$1" 0
  measure known "$1" "$lines"
  [ "$(ask /api/v1/tenants/demo/keys/%2Fother/count?from=2000-01-01 | jq .hits)" = 0 ] || die "keys were counted under /other"
  end "$1"
}

measure_tenants() {
  start_server "$1" 1
  register "$many_tenants"
  measure tenants "$1" 0
  end "$1"
}

# All on one connection; the first one is there already.
register() { # tenants
  local i
  for ((i = 2; i <= $1; i++)); do
    [ "$i" = 2 ] || echo next
    printf 'url = "%s/api/v1/tenants"\nheader = "Authorization: Bearer %s"\nheader = "Content-Type: application/json"\n' "$api" "$token"
    printf 'data = "{\\"id\\":\\"site%d\\"}"\noutput = /dev/null\nsilent\nfail\n' "$i"
  done >"$work/register.curl"
  curl -K "$work/register.curl" || die "tenants cannot be registered"
  [ "$(ask /api/v1/tenants | jq length)" = "$1" ] || die "not every tenant is registered"
}

sides=(usual keys tenants)
for ((round = 0; round < rounds; round++)); do
  for ((i = 0; i < ${#sides[@]}; i++)); do "measure_${sides[(i + round) % ${#sides[@]}]}" "$work/data"; done
done

missed=0
printf '\n| case | lines/s | CPU s | peak MiB | folder, bytes a line | ratio to the first | by CPU | target |\n|---|---|---|---|---|---|---|---|\n'
for name in "${cases[@]}"; do
  ratio=$(paste "$work/usual.wall" "$work/$name.wall" | awk '{ print $1 / $2 }' | median)
  by_cpu=$(paste "$work/usual.cpu" "$work/$name.cpu" | awk '{ print $1 / $2 }' | median)
  memory=$(sort -g "$work/$name.memory" | tail -1)
  result=$(verdict "$ratio" $goal)
  [ "$memory" -lt $memory_goal ] && within=met || within=missed
  [ "$result $within" = 'met met' ] || missed=1
  total=$lines
  [ "$name" != known ] || total=$((2 * lines))
  printf '| %s | %.0f | %.2f | %s | %.1f | %.3f | %.3f | %s: %s; below %s MiB: %s |\n' "${title[$name]}" "$(calc "$lines / $(median <"$work/$name.wall")")" \
    "$(median <"$work/$name.cpu")" "$memory" "$(calc "$(<"$work/$name.bytes") / $total")" "$ratio" "$by_cpu" $goal "$result" $memory_goal "$within"
done
exit $missed
