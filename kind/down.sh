#!/usr/bin/env bash
# Removes everything that `make up` created: the cluster with its data, the images, the secrets, the certificates.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh

if docker info >/dev/null 2>&1; then
  # `make up` of this checkout has neither created one nor begun to: it is another checkout's.
  if [ ! -e "$KUBECONFIG" ] && [ ! -e "$state/creating-$cluster" ]; then
    echo "This checkout has no cluster $cluster; one of that name stays: kind delete cluster --name $cluster."
  elif command -v kind >/dev/null; then
    kind delete cluster --name "$cluster"
  else
    echo "kind is not on PATH, so a cluster $cluster may still exist." >&2
  fi
  # By name and not by id: an image that is the base of another one then loses its name only.
  images=$(docker image ls --format '{{.Repository}}:{{.Tag}}' --filter 'reference=dev.local/iod-*')
  # shellcheck disable=SC2086 # one argument per image
  [ -z "$images" ] || docker image rm --force $images >/dev/null
else
  echo 'Docker does not respond, so only the files were removed; a cluster may still exist.' >&2
fi
rm -rf "$state"
