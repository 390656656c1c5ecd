#!/usr/bin/env bash
# Removes everything that `make up` created: the cluster with its data, the images, the secrets, the certificates.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
# shellcheck source=kind/cluster.sh
source ./cluster.sh

if docker info >/dev/null 2>&1; then
  if ! command -v kind >/dev/null; then
    echo "kind is not on PATH, so a cluster $cluster may still exist." >&2
  elif is_ours; then
    kind delete cluster --name "$cluster"
  else
    echo "This checkout has no cluster $cluster; one of that name stays: kind delete cluster --name $cluster."
  fi
  # By name and not by id: an image that is the base of another one then loses its name only.
  images=$(docker image ls --format '{{.Repository}}:{{.Tag}}' --filter 'reference=dev.local/iod-*')
  # shellcheck disable=SC2086 # one argument per image
  [ -z "$images" ] || docker image rm --force $images >/dev/null
else
  echo 'Docker does not respond, so only the files were removed; a cluster may still exist.' >&2
fi
rm -rf "$state"
