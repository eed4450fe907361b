#!/usr/bin/env bash
# Every test, after all the set-up it needs. The last line counts them; any failure, and on CI any skip, fails the run.
# Set-up and build run side by side, and so do the test projects: those that wait for containers and a browser leave the
# processor to the others.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly results=$PWD/.cache/test-results
# What failed beside the tests themselves, a line each: each is counted as a failure of its own.
readonly broken=$results/broken
readonly cannot=3
# `make check` runs the analyzers; here they would take two thirds of the build.
readonly unchecked=(-p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false)

rm -rf "$results" .cache/test-logs
mkdir -p "$results"
: > "$broken"

# setup <script>: a machine that cannot do it (exit code 3, reason printed) skips the tests that need it.
setup() {
    local status=0
    echo "== $1"
    "$1" >/dev/null || status=$?
    if [ "$status" -ne 0 ] && { [ "$status" -ne $cannot ] || [ "${CI:-}" = true ]; }; then
        echo "$1 failed with exit code $status" >> "$broken"
    fi
}

install_clients() {
    command -v npm >/dev/null || return 0
    echo '== tests/js'
    npm --prefix tests/js ci --no-audit --no-fund --loglevel error || echo 'npm ci in tests/js failed' >> "$broken"
}

set_up() {
    setup scripts/setup-node.sh
    install_clients &
    setup scripts/setup-docker.sh
    setup scripts/setup-llamacpp.sh
    setup scripts/setup-prometheus.sh
    setup scripts/setup-registry.sh
    setup scripts/setup-chromium.sh
    wait $!
}

# suite <project>…: one after the other; each log is printed whole when its project ends. A test host that dies leaves no
# result file, or one without a failed test: its exit code is what says so.
suite() {
    local name log
    for name in "$@"; do
        log=$results/$name.log
        scripts/dotnet.sh test "tests/$name" --no-build --nologo --results-directory "$results" \
            --logger "trx;LogFileName=$name.trx" --blame-hang-timeout 10m --blame-hang-dump-type none \
            --logger 'console;verbosity=minimal' > "$log" 2>&1 ||
            grep -q '<Counters .* failed="[1-9]' "$results/$name.trx" 2>/dev/null || echo "$name ended without a result" >> "$broken"
        { echo "== $name ($((SECONDS - begun)) s after the start)"; cat "$log"; } | flock "$broken" cat
    done
}

# total <attribute>: summed over the result files of all test projects.
total() {
    cat "$results"/*.trx 2>/dev/null | grep -o '<Counters [^>]*' | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9\n' | awk '{ sum += $1 } END { print sum + 0 }'
}

readonly begun=$SECONDS
# An engine that is started here is stopped again; one that runs already is not.
ours=false
docker version >/dev/null 2>&1 || ours=true
stop_ours() {
    [ "$ours" = false ] || scripts/stop-docker.sh 2>/dev/null
}
trap stop_ours EXIT
set_up &
readonly setting_up=$!
# The daemon that the set-up starts may outlive this script: it does not get the folder that is removed at the end.
source scripts/scratch.sh
trap 'stop_ours; scratch_remove' EXIT
scripts/dotnet.sh build gateway.sln --nologo --verbosity quiet "${unchecked[@]}" || { wait $setting_up; echo '0 passed, 1 failed'; exit 1; }
wait $setting_up

readonly containers=(Gateway.ManagementTests)
readonly images=(Gateway.ComposeTests Gateway.ConsoleTests)
readonly processor=(Gateway.Tests Gateway.EndToEndTests)
for project in $(grep -l Microsoft.NET.Test.Sdk tests/*/*.csproj); do
    name=$(basename "$project" .csproj)
    [[ " ${containers[*]} ${images[*]} ${processor[*]} " == *" $name "* ]] || echo "$name is in no lane of scripts/test.sh" >> "$broken"
done

echo "== tests ($((SECONDS - begun)) s after the start)"
suite "${containers[@]}" &
suite "${images[@]}" &
suite "${processor[@]}" &
wait

echo '== the log of all tests'
scripts/check-test-logs.sh || echo 'the log of the tests contains a secret or a prompt' >> "$broken"

passed=$(total passed)
skipped=$(($(total total) - $(total executed)))
failed=$(($(total executed) - passed + $(wc -l < "$broken")))
if [ "$skipped" -gt 0 ] && [ "${CI:-}" = true ]; then
    echo 'On CI nothing may be skipped.'
    failed=$((failed + skipped))
fi
# By name once more, where the end of a long log is all that is read.
sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".*outcome="Failed".*/failed: \1/p' "$results"/*.trx 2>/dev/null
sed 's/^/failed: /' "$broken"
echo "$passed passed, $failed failed$([ "$skipped" -gt 0 ] && echo ", $skipped skipped")"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
