#!/usr/bin/env bash
# Many requests with faults by chance against a gateway and two fake engines on loopback, and the figures of it. REQUESTS= says how many.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/scratch.sh

readonly report=$TMPDIR/report
touch "$report"

scripts/dotnet.sh build tests/Gateway.EndToEndTests --nologo --verbosity quiet || exit 1
GATEWAY_SOAK_REQUESTS=${REQUESTS:-100000} GATEWAY_SOAK_REPORT=$report scripts/dotnet.sh test tests/Gateway.EndToEndTests --no-build --nologo \
    --verbosity quiet --filter 'FullyQualifiedName~SoakTests' >"$report.log" 2>&1
status=$?
cat "$report"
[ "$status" -eq 0 ] || grep -vE '^\s*$|Test run for' "$report.log" | head -40
exit "$status"
