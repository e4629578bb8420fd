#!/bin/sh
# Moves what a container without the volume keeps onto it: what is written until its services have ended, too.
# Arguments: name of the container, project and stack (its labels), folder, volume.
set -eu
container=$1 project=$2 stack=$3 folder=$4 volume=$5
ask() { docker --context "${DOCKER_CONTEXT:-default}" "$@"; } # as every command for a container, see daemon.py

# In a container on the volume. A copy that was cut off is begun anew; a volume with data is left as it is.
# shellcheck disable=SC2016  # for the shell in there
receive='
cd /data
[ ! -e .hacomponents-moving ] || find . -mindepth 1 -delete
[ -z "$(ls -A)" ] || { echo "the volume has data already, which stay"; exit 0; }
: >.hacomponents-moving
tar --extract --preserve-permissions --numeric-owner
rm .hacomponents-moving
'

old=$(ask ps --all --quiet --no-trunc --filter "name=^/$container$" \
    --filter "label=hacomponents.project=$project" --filter "label=hacomponents.stack=$stack")
if [ -z "$old" ]; then
    echo "no container to move $folder from"
    exit 0
fi
if ask inspect --format '{{range .Mounts}}{{println .Destination}}{{end}}' "$old" | grep -qxF "$folder"; then
    echo "$folder is on a volume already"
    exit 0
fi
if [ "$(ask cp "$old:$folder/." - 2>/dev/null | head -c 1 | wc -c)" = 0 ]; then
    echo "$container has no $folder"
    exit 0
fi

# From here on nobody serves: as before every replacement, the host leaves its balancers and hands its VIPs over first.
running=$(ask inspect --format '{{.State.Running}}' "$old")
[ "$running" = false ] || ask exec "$old" hacomponents-agent retire
image=$(ask inspect --format '{{.Image}}' "$old")
if ask cp "$old:$folder/." - | ask run --rm --interactive --network none --volume "$volume:/data" --entrypoint sh \
    "$image" -euc "$receive"; then
    echo "moved $folder to the volume $volume"
else
    echo "$folder could not be copied to the volume $volume (see above); $container goes on as it was" >&2
    [ "$running" = false ] || ask restart "$old" >&2
    exit 1
fi
