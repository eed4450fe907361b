# Shared by the set-up scripts in this folder; source it, do not run it.
# A script that cannot do its work on this machine exits with 3 after one line that says why and what to do.
# shellcheck shell=bash

set -euo pipefail

# apt's own user may not write to a private one, and a root folder that is made here does not have it.
unset TMPDIR

repo_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly repo_root
readonly exit_cannot=3

log() {
    printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2
}

# cannot <reason> <remedy>
cannot() {
    log "not possible here: $1. $2"
    exit "$exit_cannot"
}

# need_root <what for>
need_root() {
    [ "$(id -u)" -eq 0 ] || cannot "$1 needs root" "Run once: sudo $0"
}

# Makes the git-ignored cache folder, owned like the repository even when root makes it, and prints its path.
cache_dir() {
    local dir=$repo_root/.cache
    if ! [ -d "$dir" ]; then
        { mkdir -p "$dir" && chown --reference="$repo_root" "$dir"; } 2>/dev/null || true
    fi
    printf '%s\n' "$dir"
}

# cache_is_current <folder> <version key>: the folder is whole and was made by this very recipe.
cache_is_current() {
    [ "$(cat "$1/key" 2>/dev/null)" = "$2" ]
}

# cache_publish <finished folder> <final folder> <version key>: the rename is the only moment of change.
cache_publish() {
    local old=$2.tmp.old-$$
    printf '%s\n' "$3" > "$1/key"
    chmod 755 "$1"
    if [ -e "$2" ]; then mv -T "$2" "$old"; fi
    mv -T "$1" "$2"
    remove_tree "$old"
}

# An interrupted build may leave /proc mounted inside its folder: never follow into another file system.
remove_tree() {
    rm -rf --one-file-system -- "$@" 2>/dev/null || log "left behind: $*"
}

# lock <file> <what is waited for>: held until this script and everything it started have ended.
lock() {
    exec 9> "$1"
    if ! flock -n 9; then
        log "waiting for another run that $2"
        flock 9
    fi
}

# cached <function>: makes the folder $target by that function, which fills $work/ready, unless it is there by this very $key.
cached() {
    cache_is_current "$target" "$key" && return
    lock "$target.lock" 'makes the same'
    cache_is_current "$target" "$key" && return
    work=$(mktemp -d "$target.tmp.XXXXXX")
    trap 'remove_tree "$work"' EXIT
    mkdir "$work/ready"
    "$1"
    cache_publish "$work/ready" "$target" "$key"
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# apt_run <command> [package...]: quiet; one at a time; sources and settings of the host stay as they are.
apt_run() {
    DEBIAN_FRONTEND=noninteractive flock /run/lock/gateway-setup-apt.lock \
        apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 --no-install-recommends -y "$@" 9>&-
}

# A Release file past its date (an old snapshot, a wrong clock) is still signed: accept it for this one run.
apt_update() {
    apt_run update || apt_run update -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false
}

# apt_install <package...>: installs what is missing; with nothing missing it neither needs root nor asks apt.
apt_install() {
    local package missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0

    command -v apt-get >/dev/null || cannot "there is no apt-get" "Install by hand: ${missing[*]}"
    need_root "installing ${missing[*]}"
    log "installing ${missing[*]}"
    local messages
    if ! messages=$(apt_run install "${missing[@]}" 2>&1); then
        messages=$( { apt_update && apt_run install "${missing[@]}"; } 2>&1) ||
            cannot "apt-get could not install ${missing[*]} ($(last_error "$messages"))" "Check apt's sources, then run $0 again"
    fi
}

# debian_package <package>: Debian's package, unpacked into $work/package and not installed. Apt downloads for anybody, but only
# root may renew its lists.
debian_package() {
    command -v apt-get >/dev/null || cannot 'there is no apt-get' "Put what Debian's $1 holds into $target by hand"
    (cd "$work" && { apt-get -qq download "$1" || { [ "$(id -u)" -eq 0 ] && apt_update && apt-get -qq download "$1"; }; }) >/dev/null 2>&1 ||
        cannot "apt-get could not download $1" "Check apt's sources, then run $0 again"
    dpkg-deb -x "$work/$1"_*.deb "$work/package"
}

# The last line that reads like an error, else the last line.
last_error() {
    printf '%s\n' "$1" | awk '/^(E|W):/ { e = $0 } NF { l = $0 } END { print e == "" ? l : e }'
}

# The Debian mirror that apt is set up with, asked from apt itself; empty if there is none.
debian_mirror() {
    command -v apt-get >/dev/null || return 0
    if [ -z "$(apt-get indextargets 2>/dev/null)" ] && [ "$(id -u)" -eq 0 ]; then
        apt_update >/dev/null 2>&1 || true
    fi
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 2>/dev/null |
        sed -n '1s:/*$::p'
}
