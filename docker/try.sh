#!/usr/bin/env bash
# Builds the image's runtime stage with buildah, puts this machine's release binary into it and runs it there:
# version, init, hub, push, status, as the image's user. For machines without Docker; needs root, buildah and
# debootstrap (Debian), and the network for Debian's packages.
#
# usage: docker/try.sh [--install] [--rootfs DIR]
#   --install     install buildah and debootstrap from Debian when they are missing
#   --rootfs DIR  a Debian 12 made by debootstrap before; made anew when left out
set -euo pipefail
cd "$(dirname "$0")/.."

install=no rootfs=
while [ $# -gt 0 ]; do
    case $1 in
    --install) install=yes ;;
    --rootfs) rootfs=$2 && shift ;;
    *) sed -n '2,9p' "$0" && exit 2 ;;
    esac
    shift
done

missing=()
for tool in buildah debootstrap; do command -v $tool >/dev/null || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
    [ $install = yes ] || { echo "missing: ${missing[*]}; run again with --install" >&2; exit 2; }
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
binary=.build/release/liandong
[ -x $binary ] || { echo "$binary is missing; run make release" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/liandong-image-XXXXXX")
trap 'rm -rf "$work"' EXIT
cat >"$work/storage.conf" <<CONF
[storage]
driver = "vfs"
graphroot = "$work/graph"
runroot = "$work/run"
CONF
export CONTAINERS_STORAGE_CONF=$work/storage.conf
if [ -z "$rootfs" ]; then
    rootfs=$work/rootfs
    debootstrap --variant=minbase bookworm "$rootfs" >"$work/debootstrap.log"
fi

echo "base image from $rootfs" >&2
base=$(buildah from scratch)
buildah add -q "$base" "$rootfs" / >/dev/null
buildah commit -q "$base" docker.io/library/debian:bookworm-slim >/dev/null
buildah rm "$base" >/dev/null

echo "runtime stage of docker/Dockerfile" >&2
buildah bud -q --isolation chroot --pull-never --format docker --target runtime \
    -t liandong:runtime -f docker/Dockerfile . >/dev/null

echo "this machine's binary into it" >&2
docker/collect.sh $binary "$work/opt"
image=$(buildah from --pull-never localhost/liandong:runtime)
buildah copy -q "$image" "$work/opt" /opt/liandong >/dev/null
buildah commit -q --format docker "$image" liandong:try >/dev/null

inside() { buildah run --isolation chroot --user liandong "$image" -- "$@"; }
port=$((20000 + RANDOM % 10000))
inside id -u | grep -qx 10001
inside liandong --version
inside liandong init /county/c --division 441424 --endpoint "tcp://127.0.0.1:$port"
inside liandong hub --config /county/c/hub.yaml >"$work/hub.out" 2>"$work/hub.log" &
hub=$!
for _ in $(seq 100); do grep -q serving "$work/hub.out" && break || sleep 0.2; done
grep -q serving "$work/hub.out" || { cat "$work/hub.log" >&2; exit 1; }
item='{"specversion":"1.0","type":"cn.liandong.complaint.v1","source":"/agency/xinfang","id":"1","time":"2024-03-05T14:30:00+08:00","subject":"441424120","data":{"text":"路灯不亮。"}}'
echo "$item" | inside liandong push --config /county/c/agencies/xinfang/agency.yaml -
inside liandong status --config /county/c/officer.yaml
pid=$(inside sh -c 'sed -n "s/.*\"pid\":\([0-9]*\).*/\1/p" /county/c/data/config.json')
kill -TERM "$pid"
wait $hub
inside liandong verify /county/c/data
echo "the image's runtime stage runs this binary as user 10001; health command, USER at run time, read-only root and compose are not tried here" >&2
