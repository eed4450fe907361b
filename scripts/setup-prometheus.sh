#!/usr/bin/env bash
# Makes Prometheus available to the tests: .cache/prometheus/{prometheus,promtool}, unpacked from Debian's package, so that
# nothing is installed and no service is started on this host.
# Prints the folder. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced

target=$(cache_dir)/prometheus
key="$(uname -m) $recipe"

make_prometheus() {
    log "downloading Debian's prometheus (20 MB)"
    debian_package prometheus
    cp "$work/package/usr/bin/prometheus" "$work/package/usr/bin/promtool" "$work/ready/"
    "$work/ready/promtool" --version > "$work/ready/version" 2>&1 || { log "promtool does not start: $(cat "$work/ready/version")"; exit 1; }
    log "ready: $(head -n 1 "$work/ready/version")"
}

cached make_prometheus
printf '%s\n' "$target"
