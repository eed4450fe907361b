#!/usr/bin/env bash
# Proves that no secret and no prompt of the tests is in the log of the gateways that they started: compares the files that
# the tests left in .cache/test-logs. Exit codes: 0 nothing found, 1 something leaked or there is nothing to compare.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.cache/test-logs" 2>/dev/null || { echo 'check-test-logs: the tests left no log.' >&2; exit 1; }

cat -- *.log > all.lines
cat -- *.hidden | LC_ALL=C sort -u > all.words
if ! [ -s all.lines ] || ! [ -s all.words ]; then
    echo 'check-test-logs: the log or the list of what must not be in it is empty.' >&2
    exit 1
fi

if LC_ALL=C grep -F -f all.words all.lines > leaks; then
    echo "check-test-logs: $(wc -l < leaks) lines contain a secret or a prompt (all in .cache/test-logs/leaks):" >&2
    head -n 5 leaks >&2
    exit 1
fi
echo "log: none of $(wc -l < all.words) secrets and prompts is in its $(wc -l < all.lines) lines"
