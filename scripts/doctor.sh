# make doctor: looks at all that could be wrong and changes nothing; source it. First what containers need, then what the
# gateway itself says of its settings and its engine.
# shellcheck shell=bash

doctor() {
    local code=0
    doctor_containers
    doctor_gateway || code=$?
    return "$code"
}

# finding <ok|warn|fail> <subject> <text> [remedy]: as `gateway doctor` writes it.
finding() {
    printf '%-4s  %s: %s\n' "$1" "$2" "$3"
    if [ -n "${4:-}" ]; then printf '      %s\n' "$4"; fi
}

# look <subject> <text if well> <check…>: a check of the preflight, which would end with a problem and its remedy. Without
# containers none of them matters, so each is a warning.
look() {
    local said
    if said=$( { "${@:3}"; } 2>&1 >/dev/null); then
        finding ok "$1" "$2"
    else
        finding warn "$1" "$(printf '%s\n' "$said" | head -n 1)" "$(printf '%s\n' "$said" | sed -n 2p)"
        return 1
    fi
}

doctor_containers() {
    finding ok gpu "$(seen_gpus)"
    look docker "Docker Engine $(docker version --format '{{.Server.Version}}' 2>/dev/null || true) answers, with Compose $( { $(compose_program) version --short; } 2>/dev/null || true)." need_docker || return 0
    need_docker
    look make-up "$env_file is there." need_env_file || return 0
    look make-up 'BACKEND and BACKEND_KIND agree.' choose_backend || return 0
    choose_backend
    look make-up 'BACKEND_BASE_URL is not an address inside the container.' check_url || true
    look make-up 'Clients have keys.' check_keys || true
    look make-up 'GATEWAY_CONFIG can be read in the container, or is not used.' check_config || true
    if [ "$chosen_backend" != none ]; then
        look make-up "$chosen_backend has an image for GPU=$(setting GPU | grep . || echo nvidia), and this machine the GPU." check_gpu || true
        look make-up 'The model is named, and there if it is a file.' check_model || true
    fi
    look make-up 'The ports are free, or ours.' check_address || true
    doctor_services
}

seen_gpus() {
    local seen=()
    if compgen -G '/dev/nvidia[0-9]*' >/dev/null || [ -e /dev/dxg ]; then seen+=(nvidia); fi
    if [ -e /dev/kfd ]; then seen+=(amd); fi
    if [ -d /dev/dri ] && [ ${#seen[@]} -eq 0 ]; then seen+=(intel); fi
    if [ ${#seen[@]} -gt 0 ]; then printf '%s is seen.\n' "${seen[*]}"; else printf 'None is seen: GPU=cpu is what works here.\n'; fi
}

# What runs, and how it is.
doctor_services() {
    local name state health
    while read -r name state health; do
        [ -n "$name" ] || continue
        case $state:$health in
            running: | running:healthy) finding ok "$name" 'Its container runs.' ;;
            running:starting) finding warn "$name" 'Its container is starting.' "make logs SERVICE=$name follows it." ;;
            *) finding warn "$name" "Its container is $state${health:+ and $health}." "make logs SERVICE=$name shows why." ;;
        esac
    done <<< "$(compose '*' ps --all --format '{{.Service}} {{.State}} {{.Health}}' 2>/dev/null || true)"
}

# By the gateway that runs, which sees what it sees; else by the program on this host.
doctor_gateway() {
    local program_file=.cache/run/gateway.dll
    if command -v docker >/dev/null && engine_answers && [ -n "$(running gateway)" ]; then
        compose '*' exec -T gateway ./gateway doctor
    elif command -v dotnet >/dev/null; then
        "${MAKE:-make}" --no-print-directory --silent "$program_file" && scripts/dotnet.sh "$program_file" doctor
    else
        finding warn gateway 'It does not run in a container, and the .NET SDK is not here to ask it without.' 'make up starts it in a container.'
    fi
}
