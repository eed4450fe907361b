# Finds the Docker Engine and Compose; source it.
# shellcheck shell=bash

readonly oldest_compose=2.24

# A daemon that hangs is none.
engine_answers() {
    command -v docker >/dev/null && timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1
}

# compose_is_new_enough <command…>
compose_is_new_enough() {
    local version
    version=$("$@" version --short 2>/dev/null) || return
    [ "$(printf '%s\n%s\n' "$oldest_compose" "${version#v}" | sort -V | head -n 1)" = "$oldest_compose" ]
}

# The compose program to call: the plugin of the docker client, else the one that scripts/setup-docker.sh fetched.
compose_program() {
    if compose_is_new_enough docker compose; then
        printf 'docker compose\n'
    elif compose_is_new_enough "$repo_root/.cache/compose/docker-compose"; then
        printf '%s\n' "$repo_root/.cache/compose/docker-compose"
    else
        return 1
    fi
}
