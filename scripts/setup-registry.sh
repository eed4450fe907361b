#!/usr/bin/env bash
# Makes a container registry available to the management tests: .cache/registry/docker-registry, unpacked from Debian's package, so that
# nothing is installed and no service is started on this host.
# Prints the program. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced

target=$(cache_dir)/registry
key="$(uname -m) $recipe"

make_registry() {
    log "downloading Debian's docker-registry (5 MB)"
    debian_package docker-registry
    cp "$work/package/usr/bin/docker-registry" "$work/ready/"
    "$work/ready/docker-registry" --version > "$work/ready/version" 2>&1 || { log "docker-registry does not start: $(cat "$work/ready/version")"; exit 1; }
    log "ready: $(head -n 1 "$work/ready/version")"
}

cached make_registry
printf '%s\n' "$target/docker-registry"
