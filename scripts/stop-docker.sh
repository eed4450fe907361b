#!/usr/bin/env bash
# Stops the Docker Engine that scripts/setup-docker.sh started, if it did. Any other is left alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pid_file=$(cache_dir)/docker/dockerd.pid

# ours <process>: the pid in a stale file may belong to someone else by now.
ours() {
    [ -n "$1" ] && tr '\0' ' ' < "/proc/$1/cmdline" 2>/dev/null | grep -qF -- "--pidfile $pid_file"
}

pid=$(cat "$pid_file" 2>/dev/null || true)
if ! ours "$pid"; then
    log 'no engine of ours runs'
    exit 0
fi

kill "$pid"
for _ in $(seq 150); do
    ours "$pid" || { log 'stopped'; exit 0; }
    sleep 0.2
done
log "dockerd ($pid) is still stopping"
exit 1
