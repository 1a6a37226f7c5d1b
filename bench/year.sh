#!/usr/bin/env bash
# What questions over a year of data cost: the same tenants and keys with some hits a day and with a hundred times as many.
# Every scale has a compacted folder of its own that verify finds clean, and a server of its own on core 0; wrk is on core 1
# with one connection and walks through all keys and tenants. Each round asks every question of every scale.
#
#   bench/year.sh [hits a day of each scale, "1000 10000 100000"] [tenants, 10] [keys of each, 20] [seconds a question, 5] [rounds, 3] \
#     [first month with hits, 1] [last month, 12]
. "$(dirname -- "$0")/lib.sh"

read -ra scales <<<"${1:-1000 10000 100000}"
tenants=${2:-10} keys=${3:-20} seconds=${4:-5} rounds=${5:-3} first=${6:-1} last=${7:-12} ratio_goal=1.5 p99_goal=10
smallest=${scales[0]} largest=${scales[-1]}
declare -A question=(
  [count]='count?from=2025-01-01&to=2026-01-01'
  [ragged]='count?from=2025-01-03T07:13:00Z&to=2025-12-28T21:47:00Z'
  [hours]='series?from=2025-06-01&to=2025-07-01&step=hour'
  [days]='series?from=2025-01-01&to=2026-01-01&step=day'
  [referrers]='top/referrer?from=2025-01-01&to=2026-01-01'
)
questions=(count ragged hours days referrers)
# No copies of the database: they are not the hits', and their making is not a question.
settings=(StatHub__Backup__Enabled=false)

need dotnet wrk curl jq taskset awk
need_two_cores
describe_machine
build_stathub

# ---- A year of each scale ------------------------------------------------------------------------------------------

declare -A lines server_of api_of token_of

# A month a time, so that the journal never has more than that.
ingest_year() { # scale data-folder
  local month from to count file
  lines[$1]=0
  start_server "$2" "$tenants" StatHub__Compaction__Enabled=false "${settings[@]}"
  for ((month = first; month <= last; month++)); do
    from=$(date -ud "2025-$month-01" +%F) to=$(date -ud "2025-$month-01 + 1 month" +%F)
    count=$(($1 * ($(date -ud "$to" +%s) - $(date -ud "$from" +%s)) / 86400))
    file=$work/hits-$to-00-00.log
    stathub generate --from "$from" --to "$to" --lines "$count" --tenants "$tenants" --keys "$keys" --seed "$month" --out "$file" 2>>"$work/generate.log"
    lines[$1]=$((lines[$1] + count))
    ingest "$2" "$file" "${lines[$1]}"
  done
  [ "$(ask /api/v1/ledger?from=2000-01-01 | jq .counted)" = "${lines[$1]}" ] || die "not every line was counted"
  stop_server
}

verify() { # scale
  local found
  found=$(stathub verify --json --url "$api" --token "$token" 2>"$work/verify.err") || die "verify of $1 hits a day: $found $(tail -5 "$work/verify.err")"
  [ "$(jq .verified.hits <<<"$found")" = "${lines[$1]}" ] || die "verify has not read every hit: $found"
}

printf '\n| hits a day | hits | ingest s | compaction s | verify s | segments, bytes a hit | database | data folder |\n|---|---|---|---|---|---|---|---|\n'
for scale in "${scales[@]}"; do
  data=$work/data$scale
  marks=("$(now)")
  ingest_year "$scale" "$data"
  marks+=("$(now)")
  compact "$data" "$tenants" $((300 + lines[$scale] / 5000)) "${settings[@]}"
  marks+=("$(now)")
  verify "$scale"
  marks+=("$(now)")
  stop_server
  printf '| %d | %d | %.0f | %.0f | %.0f | %.1f | %.1f | %.1f |\n' "$scale" "${lines[$scale]}" \
    "$(calc "${marks[1]} - ${marks[0]}")" "$(calc "${marks[2]} - ${marks[1]}")" "$(calc "${marks[3]} - ${marks[2]}")" \
    "$(calc "$(bytes_of "$data/segments") / ${lines[$scale]}")" "$(calc "$(bytes_of "$data"/stathub.db*) / ${lines[$scale]}")" \
    "$(calc "$(bytes_of "$data") / ${lines[$scale]}")"
done
echo "verify: clean at every scale"

# ---- The questions -------------------------------------------------------------------------------------------------

for scale in "${scales[@]}"; do
  start_server "$work/data$scale" "$tenants" "${settings[@]}" -- taskset -c 0
  server_of[$scale]=$server api_of[$scale]=$api token_of[$scale]=$token
done

# The keys of the smallest scale, which all others have, too.
ask_of() { # scale path -> body
  curl -sf -H "Authorization: Bearer ${token_of[$1]}" "${api_of[$1]}$2"
}
for tenant in $(ask_of "$smallest" /api/v1/tenants | jq -r .[].id); do
  echo "/api/v1/tenants/$tenant"
  ask_of "$smallest" "/api/v1/tenants/$tenant/keys?limit=$keys" | jq -r --arg tenant "$tenant" '.keys[].key | "/api/v1/tenants/\($tenant)/keys/\(@uri)"'
done >"$work/scopes"
for name in "${questions[@]}"; do sed "s|\$|/${question[$name]//&/\\&}|" "$work/scopes" >"$work/$name.paths"; done
printf '\n%d scopes: tenants and their keys; %d rounds of %d s\n' "$(wc -l <"$work/scopes")" "$rounds" "$seconds"

load() { # scale question seconds
  run_wrk "$3" 1 -s "$bench/questions.lua" -H "Authorization: Bearer ${token_of[$1]}" "${api_of[$1]}" -- "$work/$2.paths"
  [ -z "$errors" ] || die "$2 at $1 hits a day: $errors"
}

measure() { # scale question
  local cpu machine p50 p99
  cpu=$(cpu_of "${server_of[$1]}") machine=$(cpu_of_machine)
  load "$1" "$2" "$seconds"
  cpu=$(calc "$(cpu_of "${server_of[$1]}") - $cpu")
  read -r p50 p99 < <(awk '$1 == "microseconds" { print $2 / 1000, $3 / 1000 }' "$work/wrk.out")
  echo "$p50" >>"$work/$2.$1.p50"
  echo "$p99" >>"$work/$2.$1.p99"
  calc "$cpu * 1e6 / ($rate * $seconds)" 1 >>"$work/$2.$1.cost"
  printf '%-10s %7d a day   p50 %7.3f ms   p99 %7.3f ms   %6.0f/s   server %5.2f CPU s   others %4.1f CPU s\n' "$2" "$1" "$p50" "$p99" "$rate" "$cpu" \
    "$(calc "$(cpu_of_machine) - $machine - $cpu - $wrk_cpu" 1)"
}

# Until the runtime has compiled the hot paths for good.
for scale in "${scales[@]}"; do for name in "${questions[@]}"; do load "$scale" "$name" 2; done; done
for ((round = 0; round < rounds; round++)); do
  for name in "${questions[@]}"; do
    for ((i = 0; i < ${#scales[@]}; i++)); do measure "${scales[(i + round) % ${#scales[@]}]}" "$name"; done
  done
done

middle() { median <"$work/$1"; } # name of a file of numbers
missed=0
met() { # condition -> met or missed
  if [ "$(calc "$1" 0)" = 1 ]; then echo met; else echo missed; fi
}
printf '\n| question | hits a day | p50 ms | p99 ms | server us an answer |\n|---|---|---|---|---|\n'
for name in "${questions[@]}"; do
  for scale in "${scales[@]}"; do
    printf '| %s | %d | %.3f | %.3f | %.0f |\n' "$name" "$scale" "$(middle "$name.$scale.p50")" "$(middle "$name.$scale.p99")" "$(middle "$name.$scale.cost")"
  done
done
echo
for name in "${questions[@]}"; do
  ratio() { calc "$(middle "$name.$largest.$1") / $(middle "$name.$smallest.$1")"; } # p50, p99 or cost
  growth=$(met "$(ratio p50) <= $ratio_goal && $(ratio p99) <= $ratio_goal")
  p99=$(middle "$name.$largest.p99")
  speed=$(met "$p99 < $p99_goal")
  echo "$name: ratio of $largest to $smallest hits a day: p50 $(ratio p50), p99 $(ratio p99), by CPU $(ratio cost); target at most $ratio_goal: $growth"
  echo "$name: p99 $p99 ms; target below $p99_goal: $speed"
  [ "$growth $speed" = 'met met' ] || missed=1
done
exit $missed
