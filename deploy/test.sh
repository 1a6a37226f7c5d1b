#!/bin/bash
# Installs what the tests need, builds, checks the format and runs every test.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only when all is well and at least one test ran.
set -uo pipefail

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/deploy/packages.sh"
cd -- "$root" || exit 1

# command:package; tests of nginx, of Docker and of the load use them.
tools=(
  nginx:nginx curl:curl jq:jq wrk:wrk goaccess:goaccess sqlite3:sqlite3 openssl:openssl busybox:busybox
  tmux:tmux dockerd:docker.io docker-compose:docker-compose debootstrap:debootstrap iptables:iptables hyperfine:hyperfine
)
results=$root/artifacts/test-results

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_CLI_UI_LANGUAGE=en
# A service without a home folder can still build.
[ -n "${HOME:-}" ] || export DOTNET_CLI_HOME=$root/artifacts/home

passed=0
failed=0
skipped=0
broken=0

finish() {
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ] || broken=1
  echo "$passed passed, $failed failed, $skipped skipped"
  exit "$broken"
}

give_up() {
  echo "$1" >&2
  broken=1
  finish
}

install_tools() {
  local missing
  mapfile -t missing < <(missing_packages "${tools[@]}")
  install_packages ${missing[@]+"${missing[@]}"}
}

build() {
  # Servers of the build would outlive it and hold the caller's pipe open.
  dotnet restore StatHub.sln --disable-build-servers -v quiet &&
    dotnet build StatHub.sln -c Release --no-restore --disable-build-servers -warnaserror -v quiet -clp:NoSummary
}

test_projects() {
  local project
  for project in tests/*/*.csproj; do
    # A folder of helpers is no test project.
    ! grep -q '<IsTestProject>false' "$project" && printf '%s\n' "$project"
  done
}

run_project() { # project
  local name trx code=0
  name=$(basename -- "$1" .csproj)
  trx=$results/$name.trx
  dotnet test "$1" -c Release --no-build --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --logger 'console;verbosity=minimal' \
    --blame-hang-timeout 20m --blame-hang-dump-type none </dev/null || code=$?
  add_counts "$trx" "$code" "$name"
}

# Sums the counters of a result file; a run that broke without a failed test counts as one failure.
add_counts() { # trx exit-code name
  local counters ran total ok
  counters=$(grep -o '<Counters [^>]*>' "$1" 2>/dev/null | head -n 1)
  total=$(counter "$counters" total)
  ran=$(counter "$counters" executed)
  ok=$(counter "$counters" passed)
  passed=$((passed + ok))
  failed=$((failed + ran - ok))
  skipped=$((skipped + total - ran))
  if [ "$2" -ne 0 ] && [ "$ran" -eq "$ok" ]; then
    echo "$3: the test run ended with code $2 without saying which test failed." >&2
    failed=$((failed + 1))
  fi
}

counter() { # counters name
  local value
  value=$(sed -n "s/.* $2=\"\\([0-9]*\\)\".*/\\1/p" <<<"$1")
  echo "${value:-0}"
}

print_failures() {
  [ "$failed" -gt 0 ] || return 0
  echo
  echo 'Failed:'
  grep -h '<UnitTestResult [^>]*outcome="Failed"' "$results"/*.trx 2>/dev/null | sed 's/.* testName="\([^"]*\)".*/  \1/' | sort
}

main() {
  local project
  install_tools || give_up 'The tools that the tests need are not here.'
  command -v dotnet >/dev/null || give_up 'The .NET SDK 10 is missing: https://dotnet.microsoft.com/download'
  echo 'Building ...'
  build || give_up 'The build failed.'
  if ! dotnet format StatHub.sln --verify-no-changes --no-restore; then
    echo 'The format is not that of the house: run dotnet format.' >&2
    broken=1
  fi
  rm -rf -- "$results"
  while read -r project <&3; do
    run_project "$project"
  done 3< <(test_projects)
  print_failures
  finish
}

main
