#!/usr/bin/env bash
# Makes what `make bench` compares with available: Debian's nginx and HAProxy, unpacked so that nothing is installed and no service is
# started on this host, and @portkey-ai/gateway from npm, all in .cache/bench. What this machine cannot provide is left out of the run.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

readonly recipe=1            # raise it when what this script makes changes, so that older caches are replaced
readonly portkey=1.15.2
readonly packages='nginx haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1'

cache=$(cache_dir)/bench
mkdir -p "$cache"
lock "$cache.lock" "sets up the benchmark"

# Apt downloads for anybody, but only root may renew its lists.
download() {
    # shellcheck disable=SC2086
    apt-get -qq download $packages >/dev/null 2>&1 && return
    # shellcheck disable=SC2086
    [ "$(id -u)" -eq 0 ] && apt_update >/dev/null 2>&1 && apt-get -qq download $packages >/dev/null 2>&1
}

setup_debian() {
    local key work package
    key="$(uname -m) $recipe"
    cache_is_current "$cache/debian" "$key" && return
    command -v apt-get >/dev/null || { log "there is no apt-get: nginx and HAProxy are left out"; return; }
    work=$(mktemp -d "$cache/debian.tmp.XXXXXX")
    if ! (cd "$work" && download); then
        log "apt-get could not download nginx and HAProxy: they are left out"
        remove_tree "$work"
        return
    fi
    mkdir "$work/ready"
    for package in "$work"/*.deb; do
        dpkg-deb -x "$package" "$work/ready"
    done
    printf '%s/debian/usr/lib/%s-linux-gnu\n' "$cache" "$(uname -m)" > "$work/ready/libraries"
    cache_publish "$work/ready" "$cache/debian" "$key"
    remove_tree "$work"
}

setup_portkey() {
    local target=$cache/portkey
    cache_is_current "$target" "$portkey $recipe" && return
    "$repo_root/scripts/setup-node.sh" || { log "without node Portkey's gateway is left out"; return; }
    remove_tree "$target"
    if npm install --prefix "$target" --no-audit --no-fund --loglevel error "@portkey-ai/gateway@$portkey" >&2; then
        printf '%s\n' "$portkey $recipe" > "$target/key"
    else
        log "npm could not install Portkey's gateway: it is left out"
    fi
}

setup_debian
setup_portkey
printf '%s\n' "$cache"
