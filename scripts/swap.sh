# Changes the engine behind a running gateway; source it. The gateway itself is not stopped: it takes the new settings while
# it runs, and requests that have begun end at the engine they began with.
# shellcheck shell=bash

swap() {
    local from to
    to=${BACKEND:-}
    [ -n "$to" ] || fail 'Which engine?' "make swap BACKEND=<engine>, with one of: $(engines | tr '\n' ' ')or none"
    need_docker
    need_env_file
    if [ -z "$(running gateway)" ]; then fail 'The gateway does not run: there is nothing to swap.' "make env-$to && make up BACKEND=$to"; fi
    from=$(running_engine)

    write_swapped_env "$to"
    if ! (preflight && hand_over); then
        restore_env
        exit 1
    fi
    preflight
    say "New requests go to $([ "$to" = none ] && echo "$BACKEND_KIND" || echo "$to") from now on; those that run may finish."
    wait_drained
    stop_other_engines "$to"
    if [ "$to" != none ]; then
        compose "$to" up --detach --no-deps --quiet-pull "$to" || fail "$to could not be started; see the output above." "To go back: make swap BACKEND=$from"
    fi
    wait_ready "$to" "${WAIT:-900}"
}

running_engine() {
    local engine
    for engine in $(engines); do
        if [ -n "$(running "$engine")" ]; then printf '%s\n' "$engine"; return; fi
    done
    printf 'none\n'
}

# The new engine's lines of .env in place of the old one's; everything else that was set stays set.
write_swapped_env() {
    local to=$1 name value new
    copy_of_env=''
    if [ "$to" = none ] || [ "$(in_file "$env_file" BACKEND_KIND)" = "$to" ]; then return; fi
    [ -f "deploy/env/$to.env" ] || fail "BACKEND=$to has no container." "Available: $(engines | tr '\n' ' ')and none, for an engine that runs elsewhere."

    copy_of_env=$(copy_name)
    cp -p "$env_file" "$copy_of_env"
    new=$(umask 077 && mktemp "$env_file.XXXXXX")
    cat "deploy/env/$to.env" > "$new"
    for name in $(set_names "$env_file"); do
        case $name in BACKEND_KIND | BACKEND_BASE_URL | MODEL_NAME | *_IMAGE) continue ;; esac
        value=$(in_file "$env_file" "$name")
        if [ -n "$value" ]; then set_in_file "$new" "$name" "$value"; fi
    done
    if [ -n "${MODEL_NAME:-}" ]; then set_in_file "$new" MODEL_NAME "$MODEL_NAME"; fi
    if [ -n "${GPU:-}" ]; then set_in_file "$new" GPU "$GPU"; fi
    mv "$new" "$env_file"
    say "$env_file is set up for $to; what it was is in $copy_of_env."
}

restore_env() {
    if [ -n "$copy_of_env" ]; then
        mv "$copy_of_env" "$env_file"
        say "$env_file is as it was, and nothing has changed." >&2
    fi
}

# A container with the new environment checks it and leaves it on the volume that both share.
hand_over() {
    compose none run --rm --no-deps -T gateway reload || fail 'The gateway refuses the new settings; the reason stands above.' 'Mend them in .env and run this again.'
}

# The signal that makes the gateway look; then until the last request has left the old engine, at most the time of a drain.
wait_drained() {
    local drain end
    compose none kill --signal HUP gateway >/dev/null 2>&1
    drain=$(setting GATEWAY_DRAIN_SECONDS) drain=${drain:-30}
    end=$((SECONDS + ${drain%.*} + 5))
    until_ready_says "\"kind\":\"$BACKEND_KIND\"" $((SECONDS + 30)) || fail 'The gateway did not take the new settings.' 'make logs SERVICE=gateway shows why.'
    until_ready_says '"replaced_settings_in_use":0' "$end" || say "Some requests took longer than GATEWAY_DRAIN_SECONDS=$drain and are ended with their engine."
}

# until_ready_says <text> <second>: whether GET /ready has said it by then.
until_ready_says() {
    local answer
    while [ $SECONDS -le "$2" ]; do
        answer=$(compose none exec -T gateway ./gateway health --ready 2>/dev/null || true)
        case $answer in *"$1"*) return 0 ;; esac
        sleep 0.2
    done
    return 1
}
