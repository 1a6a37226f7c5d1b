#!/usr/bin/env bash
# Lines per second from the journal to a durable commit, against a ClickHouse server that is given the same lines as JSON and
# takes twelve columns of them into a MergeTree. Both use both cores. StatHub's clock runs from the rename of a finished file
# into the journal to the ledger that has every line, ClickHouse's from the start of its client to its end.
#
#   bench/clickhouse.sh [rounds, 2] [lines, 1000000]
. "$(dirname -- "$0")/lib.sh"

PATH=$PATH:/usr/sbin

# As in ingest.sh: 20 tenants with 25 keys each.
rounds=${1:-2} lines=${2:-1000000} tenants=20 keys=25 goal=1.2 memory_goal=380

need dotnet clickhouse-server clickhouse-client curl jq awk
need_two_cores
describe_machine
build_stathub
stathub generate --from 2025-06-01 --to 2025-06-02 --lines "$lines" --tenants "$tenants" --keys "$keys" --out "$work/hits.log" 2>&1 | sed 's/^/journal: /'

# ---- ClickHouse ----------------------------------------------------------------------------------------------------

click=$work/clickhouse

# With files of its own: nothing of what the package installed is read or written.
start_clickhouse() {
  local port http
  port=$(free_port) http=$(free_port)
  mkdir -p "$click/data"
  cat >"$click/users.xml" <<END
<?xml version="1.0"?>
<yandex>
  <profiles><default/></profiles>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
  <quotas><default/></quotas>
</yandex>
END
  cat >"$click/config.xml" <<END
<?xml version="1.0"?>
<yandex>
  <logger><level>warning</level><log>$click/server.log</log><errorlog>$click/errors.log</errorlog></logger>
  <listen_host>127.0.0.1</listen_host>
  <tcp_port>$port</tcp_port>
  <http_port>$http</http_port>
  <path>$click/data/</path>
  <tmp_path>$click/data/tmp/</tmp_path>
  <users_config>$click/users.xml</users_config>
  <mark_cache_size>67108864</mark_cache_size>
  <default_profile>default</default_profile>
  <default_database>default</default_database>
</yandex>
END
  echo '<config/>' >"$click/client.xml"
  client=(clickhouse-client --config-file="$click/client.xml" --host 127.0.0.1 --port "$port")
  clickhouse-server --config-file="$click/config.xml" >"$click/out.log" 2>&1 &
  clickhouse=$!
  started+=("$clickhouse")
  wait_for 20 query 'SELECT 1' || { cat "$click/out.log" "$click/errors.log" >&2; die "clickhouse-server does not start"; }
}

query() { "${client[@]}" --query "$1"; }

# A column has the name of its field in the line; what only a function makes of it is materialized.
create_table() {
  query "CREATE TABLE hits (
    tenant String, key String, msec Float64, status UInt16, args String, remote_addr String, http_referer String,
    http_user_agent String, http_accept_language String, http_host String,
    time DateTime MATERIALIZED toDateTime(toUInt32(msec)),
    value Float64 MATERIALIZED if(extract(args, '(?:^|&)tv=([^&]*)') = '', 1, toFloat64OrZero(extract(args, '(?:^|&)tv=([^&]*)')))
  ) ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (tenant, key, time)"
}

# ---- Both sides ----------------------------------------------------------------------------------------------------

measure_stathub() { # round
  local data=$work/data$1 start cpu machine wall memory
  start_server "$data" "$tenants"
  ln "$work/hits.log" "$data/hits-2025-06-02-00-00.log"
  cpu=$(cpu_of "$server") machine=$(cpu_of_machine) start=$(now)
  ingest "$data" "$data/hits-2025-06-02-00-00.log" "$lines"
  wall=$(calc "$(now) - $start") cpu=$(calc "$(cpu_of "$server") - $cpu")
  [ "$(ask /api/v1/ledger?from=2000-01-01 | jq .counted)" = "$lines" ] || die "not every line was counted"
  memory=$(peak_memory_of "$server")
  stop_server
  bytes_of "$data" >"$work/stathub.bytes"
  rm -rf "$data"
  report stathub "$wall" "$cpu" "$memory" "$machine"
}

measure_clickhouse() {
  local start cpu machine wall times
  start_clickhouse
  create_table
  cpu=$(cpu_of "$clickhouse") machine=$(cpu_of_machine) start=$(now)
  TIMEFORMAT='%U %S'
  { times=$( { time "${client[@]}" --input_format_skip_unknown_fields=1 --query 'INSERT INTO hits FORMAT JSONEachRow' \
    <"$work/hits.log" 2>"$click/client.err"; } 2>&1 ); } || die "the insert failed: $(cat "$click/client.err")"
  wall=$(calc "$(now) - $start")
  # The client parses, so its time is ClickHouse's, too.
  cpu=$(calc "$(cpu_of "$clickhouse") - $cpu + $(awk '{ print $1 + $2 }' <<<"$times")")
  [ "$(query 'SELECT count() FROM hits')" = "$lines" ] || die "clickhouse has not every line"
  report clickhouse "$wall" "$cpu" "$(peak_memory_of "$clickhouse")" "$machine"
  kill "$clickhouse"
  wait "$clickhouse" 2>/dev/null || true
  bytes_of "$click/data" >"$work/clickhouse.bytes"
  rm -rf "$click"
}

report() { # side wall cpu memory machine-before
  echo "$2" >>"$work/$1.wall"
  echo "$3" >>"$work/$1.cpu"
  echo "$4" >>"$work/$1.memory"
  printf '%-10s %7.2f s   %6.2f CPU s   %8.0f lines/s   peak %s MiB   others %.1f CPU s\n' "$1" "$2" "$3" \
    "$(calc "$lines / $2")" "$4" "$(calc "$(cpu_of_machine) - $5 - $3" 1)"
}

for ((round = 1; round <= rounds; round++)); do
  if ((round % 2)); then measure_stathub "$round"; measure_clickhouse; else measure_clickhouse; measure_stathub "$round"; fi
done

paste "$work/clickhouse.wall" "$work/stathub.wall" | awk '{ printf "%.3f\n", $1 / $2 }' | sort -g >"$work/ratios"
by_cpu=$(paste "$work/clickhouse.cpu" "$work/stathub.cpu" | awk '{ printf "%.3f\n", $1 / $2 }' | median)
ratio=$(median <"$work/ratios")
printf '\n| side | seconds | lines/s | CPU s | peak MiB | bytes a line on disk |\n|---|---|---|---|---|---|\n'
for side in stathub clickhouse; do
  wall=$(median <"$work/$side.wall")
  printf '| %s | %.2f | %.0f | %.2f | %.0f | %.1f |\n' "$side" "$wall" "$(calc "$lines / $wall")" "$(median <"$work/$side.cpu")" \
    "$(sort -g "$work/$side.memory" | tail -1)" "$(calc "$(<"$work/$side.bytes") / $lines")"
done
echo
echo "ratio: $ratio (lowest $(head -1 "$work/ratios"), highest $(tail -1 "$work/ratios")), by CPU $by_cpu; target $goal: $(verdict "$ratio" $goal)"
memory=$(sort -g "$work/stathub.memory" | tail -1)
echo "memory: $memory MiB; target at most $memory_goal: $([ "$memory" -le $memory_goal ] && echo met || echo missed)"
[ "$(verdict "$ratio" $goal)" = met ] && [ "$memory" -le $memory_goal ]
