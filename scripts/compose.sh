#!/usr/bin/env bash
# The gateway and one engine in containers: scripts/compose.sh env|up|swap|restart|down|logs|ps|pull|doctor, called by make.
# Takes BACKEND, GPU, MODEL_NAME and every other variable from the environment, then from .env, as compose itself does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
repo_root=$PWD
source scripts/engine.sh
source scripts/env-file.sh
source scripts/preflight.sh
source scripts/swap.sh
source scripts/doctor.sh

readonly command=${1:-}
program=()

say() {
    printf '%s\n' "$*"
}

# fail <what is wrong> <what to do>
fail() {
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 1
}

# The engines that have a container, one a line.
engines() {
    local file
    for file in compose/*.yml; do basename "$file" .yml; done
}

is_engine() {
    [ -n "$1" ] && [ -f "compose/$1.yml" ]
}

# OBSERVABILITY=1 is short for observability among COMPOSE_PROFILES.
watched() {
    case ,$(setting COMPOSE_PROFILES), in *,observability,*) return ;; esac
    case $(setting OBSERVABILITY) in '' | 0 | false | no | off) return 1 ;; esac
}

# compose <profile> <arguments…>; profiles of .env's COMPOSE_PROFILES stay on.
compose() {
    local profiles=() profile
    if [ ${#program[@]} -eq 0 ]; then read -r -a program <<< "$(compose_program)"; fi
    for profile in "$1" $(setting COMPOSE_PROFILES | tr ',' ' '); do profiles+=(--profile "$profile"); done
    if watched; then profiles+=(--profile observability); fi
    shift
    "${program[@]}" "${profiles[@]}" "$@"
}

running() {
    compose '*' ps --quiet --status running "$1" 2>/dev/null
}

# Where clients find the gateway.
address() {
    local host
    host=$(setting GATEWAY_HOST)
    case ${host:-127.0.0.1} in 0.0.0.0 | ::) host=127.0.0.1 ;; esac
    printf 'http://%s:%s/v1\n' "${host:-127.0.0.1}" "$(port_of GATEWAY_PORT)"
}

stop_other_engines() {
    local engine
    for engine in $(engines); do
        # Several at once are wanted where the profiles say so.
        case ,$(setting COMPOSE_PROFILES), in *",$engine,"*) continue ;; esac
        if [ "$engine" != "$1" ] && [ -n "$(compose '*' ps --all --quiet "$engine" 2>/dev/null)" ]; then
            say "Stopping $engine."
            compose '*' rm --stop --force "$engine" >/dev/null 2>&1
        fi
    done
}

# given_up <service>: it has ended and is not tried again, or it has been tried in vain.
given_up() {
    local container state restarts
    container=$(compose '*' ps --all --quiet "$1" 2>/dev/null)
    [ -n "$container" ] || return 1
    read -r state restarts <<< "$(docker inspect --format '{{.State.Status}} {{.RestartCount}}' "$container")"
    [ "$state" = exited ] || [ "$state" = dead ] || { [ "$state" = restarting ] && [ "$restarts" -ge 2 ]; }
}

# wait_ready <backend> <seconds>: until the gateway says that its engine can take a request.
wait_ready() {
    local backend=$1 end=$((SECONDS + $2))
    while [ $SECONDS -le $end ]; do
        if given_up gateway; then
            fail "The gateway does not start: $(last_words gateway)" 'Fix it in .env, then run this again.'
        fi
        if [ "$backend" != none ] && given_up "$backend"; then
            fail "$backend does not start: $(last_words "$backend")" "Full log: make logs SERVICE=$backend"
        fi
        if compose "$backend" exec -T gateway ./gateway health --ready >/dev/null 2>&1; then
            say "Ready: $(address)"
            return
        fi
        sleep 0.3
    done
    if [ -z "$(running gateway)" ]; then
        fail 'The gateway does not run.' 'make logs SERVICE=gateway shows why.'
    fi
    say "The gateway answers at $(address); its engine is not ready yet and may be fetching or loading weights."
    say 'make logs follows it, and GET /ready reports when it is.'
}

# What a service said of its trouble before it ended: each line once, however often it tried.
last_words() {
    local lines
    lines=$(compose '*' logs --no-log-prefix --no-color --tail 200 "$1" 2>&1 | sed 's/\x1b\[[0-9;]*[A-Za-z]//g' | grep -v '^[[:space:]]*$' | awk '!seen[$0]++')
    { printf '%s\n' "$lines" | grep -iE 'error|fail|invalid|unknown|unrecogni|cannot|not allowed|no such' || printf '%s\n' "$lines"; } | tail -n 5
}

up() {
    local backend
    preflight
    backend=$chosen_backend
    say "Starting the gateway$([ "$backend" = none ] || echo " and $backend")."
    stop_other_engines "$backend"
    compose "$backend" up --detach --build --quiet-pull "$@" || fail 'Docker could not start it; see the output above.' "When it is fixed: make up BACKEND=$backend"
    wait_ready "$backend" "${WAIT:-60}"
    if watched; then say "Grafana: http://127.0.0.1:$(port_of GRAFANA_PORT)  Prometheus: http://127.0.0.1:$(port_of PROMETHEUS_PORT)"; fi
}

# port_of <setting>: where something is published.
port_of() {
    local port
    port=$(setting "$1")
    case $1 in
        GATEWAY_PORT) printf '%s\n' "${port:-8000}" ;;
        PROMETHEUS_PORT) printf '%s\n' "${port:-9090}" ;;
        GRAFANA_PORT) printf '%s\n' "${port:-3000}" ;;
    esac
}

down() {
    local project
    need_docker
    project=$(compose '*' config --format json | sed -n 's/^  "name": "\(.*\)",$/\1/p')
    compose '*' down --remove-orphans
    # It only says which engine was swapped in last. Prometheus' and Grafana's volumes hold history, and stay.
    docker volume rm "${project}_settings" >/dev/null 2>&1 || true
}

case $command in
    env) write_env_file "${2:-}" ;;
    up) up ;;
    restart) up --force-recreate ;;
    swap) swap ;;
    down) down ;;
    logs) need_docker; compose '*' logs --follow --tail "${TAIL:-200}" ${SERVICE:-} ;;
    doctor) doctor ;;
    ps) need_docker; compose '*' ps --all ;;
    pull) need_docker; choose_backend; compose "$chosen_backend" pull --ignore-buildable ;;
    *) fail "scripts/compose.sh has no command '$command'." 'make lists all commands.' ;;
esac
