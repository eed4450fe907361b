# What has to be right before a container is started; source it. Each check ends with one message and its remedy.
# shellcheck shell=bash

chosen_backend=''

preflight() {
    need_docker
    need_env_file
    choose_backend
    check_url
    check_keys
    check_config
    if [ "$chosen_backend" != none ]; then
        check_gpu
        check_model
        make_folders
        drop_unset_switches
    fi
    check_stand_in
    check_address
    compose "$chosen_backend" config --quiet || fail 'Compose cannot read what is set; the reason stands above.' 'Mend it in .env.'
}

need_docker() {
    command -v docker >/dev/null || fail 'Docker is not installed.' 'Install Docker Engine with the Compose plugin: https://docs.docker.com/engine/install/ (on Debian: sudo scripts/setup-docker.sh).'
    engine_answers || fail "The Docker Engine does not answer: $(docker version 2>&1 | tail -n 1)" 'Start it (sudo systemctl start docker), and allow your user to use it: sudo usermod -aG docker $USER, then log in again.'
    read -r -a program <<< "$(compose_program)"
    [ ${#program[@]} -gt 0 ] || fail "Docker Compose is missing or older than $oldest_compose: $(docker compose version --short 2>/dev/null || echo none)." 'Install a newer docker-compose-plugin, or run scripts/setup-docker.sh on Debian.'
}

need_env_file() {
    [ -f "$env_file" ] || fail 'There is no .env yet.' "Make one: make env-${BACKEND:-<kind>}, where <kind> is one of $(ls deploy/env | sed 's/\.env$//' | tr '\n' ' ')"
}

# Which engine is started beside the gateway: BACKEND, else what BACKEND_KIND has a container for, else none.
choose_backend() {
    local kind url host
    kind=$(setting BACKEND_KIND) url=$(setting BACKEND_BASE_URL)
    host=${url#*://} host=${host%%[:/]*}
    chosen_backend=${BACKEND:-}
    if [ -z "$chosen_backend" ]; then
        if is_engine "$kind" && { [ -z "$url" ] || [ "$host" = "$kind" ]; }; then chosen_backend=$kind; else chosen_backend=none; fi
    fi
    if [ "$chosen_backend" = none ]; then
        if is_engine "$kind" && { [ -z "$url" ] || [ "$host" = "$kind" ]; }; then
            fail "BACKEND=none starts no engine, but BACKEND_KIND=$kind in .env expects one beside the gateway." "Start it: make up BACKEND=$kind. Or set its URL in .env: BACKEND_BASE_URL=http://host.docker.internal:<port>/v1"
        fi
    elif ! is_engine "$chosen_backend"; then
        fail "BACKEND=$chosen_backend has no container." "Available: $(engines | tr '\n' ' ')and none, for an engine that runs elsewhere."
    elif [ "$chosen_backend" != "${kind:-$chosen_backend}" ]; then
        fail "BACKEND=$chosen_backend, but .env says BACKEND_KIND=$kind." "For $chosen_backend: make env-$chosen_backend. For $kind: make up BACKEND=$(is_engine "$kind" && echo "$kind" || echo none). To change a running engine: make swap BACKEND=$chosen_backend"
    elif [ -n "$url" ] && [ "$host" != "$chosen_backend" ]; then
        fail "BACKEND=$chosen_backend starts an engine, but BACKEND_BASE_URL=$url in .env points to another." "Delete that line, or use make up BACKEND=none"
    fi
    # With a gateway.yaml the backends are those of the file.
    if [ -z "$kind" ] && [ -n "$(setting GATEWAY_CONFIG)" ]; then return; fi
    export BACKEND_KIND=${kind:-$chosen_backend}
    if [ "$BACKEND_KIND" = none ]; then export BACKEND_KIND=auto; fi
}

# In a container the loopback address is the container itself: no engine of this host is there. With a gateway.yaml the URLs are those of the file.
check_url() {
    local url host port urls
    [ -z "$(setting GATEWAY_CONFIG)" ] || return 0
    read -r -a urls <<< "$(setting BACKEND_BASE_URL | tr ',' ' ')"
    for url in "${urls[@]}"; do
        host=${url#*://} host=${host%%/*}
        case $host in \[*) port=${host#*]} host=${host%%]*}] ;; *:*) port=:${host##*:} host=${host%:*} ;; *) port='' ;; esac
        case $host in
            localhost | 127.* | '[::1]')
                fail "BACKEND_BASE_URL=$url: in a container that is the container itself, where no engine runs." \
                    "For an engine on this host: BACKEND_BASE_URL=${url%%://*}://host.docker.internal$port/v1 in .env. It must listen on more than its own loopback." ;;
        esac
    done
}

# In its container the gateway sees this one folder, as a user of its own.
check_config() {
    local file
    mkdir -p data/config
    file=$(setting GATEWAY_CONFIG)
    [ -n "$file" ] || return 0
    case $file in
        data/config/*) ;;
        *) fail "GATEWAY_CONFIG=$file: in a container the gateway sees only data/config/." "Put the file there, and set GATEWAY_CONFIG=data/config/$(basename "$file") in .env." ;;
    esac
    [ -f "$file" ] || fail "GATEWAY_CONFIG=$file is not there." 'See docs/gateway.example.yaml for an example.'
    [ $((0$(stat -c %a "$file") & 4)) -ne 0 ] || fail "GATEWAY_CONFIG=$file cannot be read in the container, where the gateway runs as another user." "chmod o+r $file"
}

check_keys() {
    # The keys may also be in a gateway.yaml, which the gateway itself checks.
    [ -n "$(setting API_KEYS)$(setting GATEWAY_CONFIG)" ] || fail 'API_KEYS is empty: the gateway in a container listens beyond its own loopback and wants keys.' "Set it in .env, or let make env-<kind> make one."
}

image_variable() {
    sed -n 's/^ *image: \${\([A-Z_]*\):-.*/\1/p' "compose/$1.yml"
}

offered_gpus() {
    local variable file
    variable=$(image_variable "$1")
    for file in compose/gpu/*.env; do
        if [ -n "$(in_file "$file" "$variable")" ]; then basename "$file" .env; fi
    done
}

check_gpu() {
    local gpu offered
    gpu=$(setting GPU) gpu=${gpu:-nvidia}
    offered=$(offered_gpus "$chosen_backend" | tr '\n' ' ')
    case " $offered" in
        *" $gpu "*) ;;
        *) [ -f "compose/gpu/$gpu.yml" ] && [ -n "$(setting "$(image_variable "$chosen_backend")")" ] ||
            fail "GPU=$gpu: $chosen_backend has no image for it." "It has one for: ${offered% }. Set GPU in .env." ;;
    esac
    # Only of an engine on this very kernel can the devices be seen from here.
    case ${DOCKER_HOST:-unix:} in unix:*) ;; *) return ;; esac
    case $(docker info --format '{{.OperatingSystem}}' 2>/dev/null) in 'Docker Desktop'*) return ;; esac
    "check_$gpu" "$(other_gpus "$gpu" "$offered")"
}

# other_gpus <this one> <all that the engine has images for>
other_gpus() {
    local other
    other=$(tr ' ' '\n' <<< "$2" | grep -vx -e "$1" -e '' | tr '\n' ' ')
    case " $other" in
        *' cpu '*) echo "Or take another: ${other% } (GPU in .env, or make up BACKEND=$chosen_backend GPU=cpu)." ;;
        *' '?*) echo "Or take another: ${other% } (GPU in .env)." ;;
        *) echo "$chosen_backend has images for no other; what works without a GPU is in the table of docs/compose.md." ;;
    esac
}

check_cpu() { :; }

check_nvidia() {
    if ! compgen -G '/dev/nvidia[0-9]*' >/dev/null && ! [ -e /dev/dxg ]; then
        fail 'GPU=nvidia, but there is no NVIDIA GPU on this machine, or its driver is not loaded.' "See that nvidia-smi works. $1"
    fi
    if ! command -v nvidia-container-runtime-hook >/dev/null && ! command -v nvidia-container-runtime >/dev/null; then
        fail 'GPU=nvidia, but Docker cannot hand GPUs to containers.' "Install the NVIDIA Container Toolkit and run: sudo nvidia-ctk runtime configure --runtime=docker. $1"
    fi
}

check_amd() {
    if ! [ -e /dev/kfd ] || ! [ -d /dev/dri ]; then
        fail 'GPU=amd, but /dev/kfd and /dev/dri are not both there.' "Load the amdgpu driver. $1"
    fi
}

check_intel() {
    [ -d /dev/dri ] || fail 'GPU=intel, but /dev/dri is not there.' "Load the i915 or xe driver. $1"
}

check_model() {
    local model file
    model=$(setting MODEL_NAME)
    if [ -z "$model" ] && grep -q '[$]{MODEL_NAME' "compose/$chosen_backend.yml"; then
        fail "MODEL_NAME is empty: $chosen_backend needs to know which model to serve." "Set it in .env; deploy/env/$chosen_backend.env describes it."
    fi
    file=$(sed -n 's/^x-model-file: "\(.*\)"$/\1/p' "compose/$chosen_backend.yml")
    file=${file//'${MODEL_NAME:-}'/$model}
    if [ -n "$file" ] && ! [ -f "$file" ]; then
        fail "The model file $file is not there." "Put it there, or set MODEL_NAME in .env to one that is: $(ls -- "$(dirname "$file")" 2>/dev/null | grep -v '^\.' | head -n 5 | tr '\n' ' ' | grep . || echo 'the folder is empty')"
    fi
}

# Folders that Docker makes would belong to root.
make_folders() {
    local folder
    for folder in $(grep -o '\./data/[^:]*' "compose/$chosen_backend.yml"); do mkdir -p "$folder"; done
}

# Compose can only tell whether a variable is empty: 0 has to be made so.
drop_unset_switches() {
    local name
    for name in $(sed -n 's/^ *[$]{\([A-Z0-9_]*\):+--[a-z0-9-]*}$/\1/p' "compose/$chosen_backend.yml"); do
        case $(setting "$name") in 0 | false | no | off | False) export "$name=" ;; esac
    done
}

# The tests put programs of their own under the names of engines. Nobody wants to be answered by one.
check_stand_in() {
    local image
    [ "${GATEWAY_STAND_INS:-}" = allow ] && return
    for image in $(compose "$chosen_backend" config --images 2>/dev/null | grep -vxF "$(setting GATEWAY_IMAGE | grep . || echo gateway:local)"); do
        if [ -n "$(docker image inspect --format '{{index .Config.Labels "gateway.stand-in"}}' "$image" 2>/dev/null)" ]; then
            fail "The image $image on this machine is a stand-in from the tests." "Remove it and run this again, so that the real one is pulled: docker image rm $image"
        fi
    done
}

# Names mean the same as without containers, but Docker publishes on addresses alone.
check_address() {
    local host
    host=$(setting GATEWAY_HOST)
    case $host in localhost) export GATEWAY_HOST=127.0.0.1 ;; '*') export GATEWAY_HOST=0.0.0.0 ;; esac
    host=$(setting GATEWAY_HOST) host=${host:-127.0.0.1}
    [ "$host" = 0.0.0.0 ] && host=127.0.0.1
    check_port gateway "$host" GATEWAY_PORT
    if watched; then
        check_port prometheus 127.0.0.1 PROMETHEUS_PORT
        check_port grafana 127.0.0.1 GRAFANA_PORT
    fi
}

# check_port <service> <address> <setting>: a container of ours that runs has it already.
check_port() {
    local port
    port=$(port_of "$3")
    if [ -z "$(running "$1")" ] && (exec 3<> "/dev/tcp/$2/$port") 2>/dev/null; then
        fail "Port $port on $2 is in use by another program." "Stop it (ss -ltnp shows which), or set another $3 in .env."
    fi
}
