#!/usr/bin/env bash
# Measures the gateway beside raw YARP, YARP's direct forwarder, nginx, HAProxy and Portkey's gateway, interleaved, in one run.
# QUICK=1: a minute and a half, for a first look. For work on the gateway: BENCH_MODE=compare (few measures, many rounds),
# BENCH_ONLY=gateway,raw-yarp,before (only these), BENCH_ALSO='before;folder;NAME=value' (another build, or with other variables).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cache=$(scripts/setup-bench.sh)

# publish <project> <name> [<folder of its sources>]: as the image is built, and only when its sources have changed.
publish() {
    local key target=$cache/$2
    key=$(find "${3:-$1}" Directory.Build.props Directory.Build.targets Directory.Packages.props global.json -type f -not -path '*/bin/*' -not -path '*/obj/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum)
    [ "$(cat "$target/key" 2>/dev/null)" = "$key" ] && return
    echo "bench: building $2" >&2
    rm -rf "$target"
    scripts/dotnet.sh publish "$1" --use-current-runtime --no-self-contained --configuration Release --output "$target" --nologo --verbosity quiet \
        -p:PublishReadyToRun=true -p:RunAnalyzers=false -p:EnforceCodeStyleInBuild=false -p:GenerateDocumentationFile=false -p:DebugType=none >&2
    printf '%s' "$key" > "$target/key"
}

publish api/Gateway gateway api
publish tests/Bench/Upstream upstream
publish tests/Bench/RawYarp raw-yarp
publish tests/Bench/DirectForwarder direct-forwarder
publish tests/Bench/LoadGenerator load-generator

# 5,000 streams are 10,000 connections of a proxy.
ulimit -n "$(ulimit -Hn)"
[ -z "${BENCH_BUILD_ONLY:-}" ] || exit 0
exec scripts/dotnet.sh "$cache/load-generator/load-generator.dll" "$cache" docs "${BENCH_MODE:-${QUICK:+quick}}"
