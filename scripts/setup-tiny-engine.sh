#!/usr/bin/env bash
# Makes a tiny engine for the management tests: .cache/tiny-engine/rootfs, busybox from Debian's package with the scripts of
# tests/Gateway.ManagementTests/tiny-engine, so that an image of it is two megabytes and starts at once. Nothing is installed.
# Prints the folder. Exit codes: 0 ready, 3 this machine cannot (reason and remedy printed), 1 a defect.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced
readonly commands='sh cat cut echo grep head printf sed sleep nc tr kill'

cache=$(cache_dir)
target=$cache/tiny-engine
scripts=$repo_root/tests/Gateway.ManagementTests/tiny-engine
key="$(uname -m) $recipe $(cat "$scripts"/* | sha256sum | cut -c 1-16)"

finish() {
    printf '%s\n' "$target/rootfs"
    exit 0
}

# download: the package into the current folder. Apt downloads for anybody, but only root may renew its lists.
download() {
    apt-get -qq download busybox-static >/dev/null 2>&1 && return
    [ "$(id -u)" -eq 0 ] && apt_update >/dev/null 2>&1 && apt-get -qq download busybox-static >/dev/null 2>&1
}

cache_is_current "$target" "$key" && finish
lock "$cache/tiny-engine.lock" "makes the same"
cache_is_current "$target" "$key" && finish

command -v apt-get >/dev/null || cannot "there is no apt-get" "Put busybox and the scripts of $scripts into $target/rootfs by hand"
work=$(mktemp -d "$cache/tiny-engine.tmp.XXXXXX")
trap 'remove_tree "$work"' EXIT
(cd "$work" && download) || cannot "apt-get could not download busybox-static" "Check apt's sources, then run $0 again"
dpkg-deb -x "$work"/busybox-static_*.deb "$work/package"
mkdir -p "$work/ready/rootfs"/{bin,tmp}
cp "$work/package/bin/busybox" "$work/ready/rootfs/bin/"
for command in $commands; do ln -s busybox "$work/ready/rootfs/bin/$command"; done
cp "$scripts"/* "$work/ready/rootfs/"
chmod 755 "$work/ready/rootfs"/{start,answer}
cache_publish "$work/ready" "$target" "$key"
log "ready"
finish
