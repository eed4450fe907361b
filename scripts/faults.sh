#!/usr/bin/env bash
# Makes every fault of the scorecard happen, prints what came of each as a table, and keeps the table in docs/faults.md.
# The exit code is not 0 when one came to anything but what is specified.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/scratch.sh

readonly records=$TMPDIR/records page=docs/faults.md
mkdir "$records"

[ "${SKIP_BUILD:-}" = 1 ] || scripts/dotnet.sh build tests/Gateway.EndToEndTests --nologo --verbosity quiet || exit 1
GATEWAY_FAULT_RECORDS=$records scripts/dotnet.sh test tests/Gateway.EndToEndTests --no-build --nologo --verbosity quiet \
    --filter 'FullyQualifiedName~ScorecardTests' >"$records/log" 2>&1
status=$?

# Each record is the name of its part and one row.
table() {
    local part='' record heading
    for record in "$records"/*.md; do
        [ -e "$record" ] || return
        heading=$(head -n 1 "$record")
        if [ "$heading" != "$part" ]; then
            part=$heading
            printf '\n## %s\n\n| fault | what the client sees | engines asked | |\n| --- | --- | --- | --- |\n' "$part"
        fi
        tail -n +2 "$record"
    done
}

{
    cat <<'EOF'
# Results of the fault tests

Each row is a fault that a fake engine causes on a real socket, and what the client then sees. After each of them the gateway
must have released everything: requests, admission slots, turns in a queue, deadlines, and work at the engines. `make faults` runs them and
writes this page; `make test` runs them too.

*Complete* is an answer with its `finish_reason`, and for a stream also its `[DONE]`. *Started* is a stream that broke after the client had
received part of it: one error event, no `[DONE]`, and then a normal end of the body. *Attempts* is the header `x-gateway-attempts`.
With a fallback, the engines asked are those of the backend and of its fallback.
EOF
    table
} >"$records/page"

passed=$(cat "$records"/*.md 2>/dev/null | grep -c '| pass |$')
total=$(find "$records" -name '*.md' | wc -l)
table
printf '\n%s of %s faults ended as specified.\n' "$passed" "$total"
if [ "$status" -ne 0 ] || [ "$total" -eq 0 ] || [ "$passed" -ne "$total" ]; then
    grep -E '^ *(Failed|error|.*Exception)' "$records/log" | head -20
    exit 1
fi

cp "$records/page" $page
