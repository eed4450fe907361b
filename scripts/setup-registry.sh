#!/usr/bin/env bash
# Makes a container registry available to the management tests: .cache/registry/docker-registry, unpacked from Debian's package, so that
# nothing is installed and no service is started on this host.
# Prints the program. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced

cache=$(cache_dir)
target=$cache/registry
key="$(uname -m) $recipe"

finish() {
    printf '%s\n' "$target/docker-registry"
    exit 0
}

# download: the package into the current folder. Apt downloads for anybody, but only root may renew its lists.
download() {
    apt-get -qq download docker-registry >/dev/null 2>&1 && return
    [ "$(id -u)" -eq 0 ] && apt_update >/dev/null 2>&1 && apt-get -qq download docker-registry >/dev/null 2>&1
}

cache_is_current "$target" "$key" && finish
lock "$cache/registry.lock" "makes the same"
cache_is_current "$target" "$key" && finish

command -v apt-get >/dev/null || cannot "there is no apt-get" "Put docker-registry into $target by hand"
work=$(mktemp -d "$cache/registry.tmp.XXXXXX")
trap 'remove_tree "$work"' EXIT
log "downloading Debian's docker-registry (5 MB)"
(cd "$work" && download) || cannot "apt-get could not download docker-registry" "Check apt's sources, then run $0 again"
dpkg-deb -x "$work"/docker-registry_*.deb "$work/package"
mkdir "$work/ready"
cp "$work/package/usr/bin/docker-registry" "$work/ready/"
"$work/ready/docker-registry" --version > "$work/ready/version" 2>&1 || { log "docker-registry does not start: $(cat "$work/ready/version")"; exit 1; }
cache_publish "$work/ready" "$target" "$key"
log "ready: $(head -n 1 "$target/version")"
finish
