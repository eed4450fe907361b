#!/usr/bin/env bash
# Every test, after all the set-up it needs. The last line counts them; any failure, and on CI any skip, fails the run.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly results=$PWD/.cache/test-results
readonly cannot=3
# What failed beside the tests themselves: each is counted as a failure of its own.
broken=0

# setup <script>: a machine that cannot do it (exit code 3, reason printed) skips the tests that need it.
setup() {
    local status=0
    [ -x "$1" ] || return 0
    echo "== $1"
    "$1" >/dev/null || status=$?
    if [ "$status" -ne 0 ] && { [ "$status" -ne $cannot ] || [ "${CI:-}" = true ]; }; then
        broken=$((broken + 1))
    fi
}

npm_install() {
    [ -f tests/js/package.json ] && command -v npm >/dev/null || return 0
    echo '== tests/js'
    if [ -f tests/js/package-lock.json ]; then
        npm --prefix tests/js ci --no-audit --no-fund --loglevel error || broken=$((broken + 1))
    else
        npm --prefix tests/js install --no-audit --no-fund --loglevel error || broken=$((broken + 1))
    fi
}

# total <attribute>: summed over the result files of all test projects.
total() {
    cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'
}

setup scripts/setup-node.sh
setup scripts/setup-llamacpp.sh
setup scripts/setup-prometheus.sh
setup scripts/setup-registry.sh
# An engine that is started here is stopped again; one that runs already is not.
ours=false
docker version >/dev/null 2>&1 || ours=true
stop_ours() {
    [ "$ours" = false ] || scripts/stop-docker.sh 2>/dev/null
}
trap stop_ours EXIT
setup scripts/setup-docker.sh
setup scripts/setup-chromium.sh
npm_install

# Not before the set-up: a daemon that it starts may outlive this script.
source scripts/scratch.sh
trap 'stop_ours; scratch_remove' EXIT
rm -rf "$results" .cache/test-logs
scripts/dotnet.sh build gateway.sln --nologo --verbosity quiet || { echo '0 passed, 1 failed'; exit 1; }
for project in tests/*/*.csproj; do
    grep -q 'Microsoft.NET.Test.Sdk' "$project" || continue
    name=$(basename "$project" .csproj)
    echo "== $name"
    # A test host that dies leaves no result file, or one without a failed test: its exit code is what tells.
    scripts/dotnet.sh test "$project" --no-build --nologo --results-directory "$results" \
        --logger "trx;LogFileName=$name.trx" --blame-hang-timeout 10m --blame-hang-dump-type none --logger 'console;verbosity=minimal' ||
        grep -q '<Counters .* failed="[1-9]' "$results/$name.trx" 2>/dev/null || broken=$((broken + 1))
done

echo '== the log of all tests'
scripts/check-test-logs.sh || broken=$((broken + 1))

passed=$(total passed)
skipped=$(($(total total) - $(total executed)))
failed=$(($(total executed) - passed + broken))
if [ "$skipped" -gt 0 ] && [ "${CI:-}" = true ]; then
    echo 'On CI nothing may be skipped.'
    failed=$((failed + skipped))
fi
# By name once more, where the end of a long log is all that is read.
sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="Failed".*/failed: \1/p' "$results"/*.trx 2>/dev/null
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
