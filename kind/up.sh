#!/usr/bin/env bash
# Creates or updates the local cluster, then rolls out as `make deploy` does: `make up`. Safe to run again at any time.
#   HTTPS_PORT, HTTP_PORT, NODE_PORT      other ports on this machine (8443, 8080, 30000)
#   WORKERS                                further nodes (0): `make chaos FAULT=node` drains one
#   KIND_CLUSTER                           another name than iod, for a second cluster beside it
#   REPLACE=yes                            deletes a cluster of that name that is not this checkout's or does not respond
#   FAST_START=yes                         runs the functions in crun where the node can (docs/wake-up.md)
#   NEIGHBOURS=yes                         lets the first request at a function wake the others (docs/wake-up.md)
#   TOGETHER=yes                           puts every function into one Knative Service (docs/wake-up.md)
#   KIND_NODE_IMAGE, KNATIVE_MANIFESTS    see kind/versions.env
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
# shellcheck source=kind/progress.sh
source ./progress.sh
# shellcheck source=kind/certificates.sh
source ./certificates.sh
# shellcheck source=kind/cluster.sh
source ./cluster.sh
# shellcheck source=kind/manifest.sh
source ./manifest.sh
# shellcheck source=kind/platform.sh
source ./platform.sh
# shellcheck source=kind/fast-start.sh
source ./fast-start.sh
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

security=$(docker info --format '{{.SecurityOptions}}' 2>/dev/null) ||
  stop 'Docker does not respond: start it, and check that this user may use it (docker info).'
case $security in
  *rootless*) stop 'Docker runs rootless, where the node of a kind cluster cannot: choose a rootful one with docker context use.' ;;
esac
mkdir -p "$state"
node "$root/scripts/secrets/secrets.ts" "$state/secrets.json" "$namespace"
ensure_certificates server "$host"

say 'images: building'
start images ./build-images.sh
ensure_cluster
prepare_fast_start
render_platform
logged platform install_platform
say 'Knative and Kourier: starting'
join images
await_fast_start

export ENVIRONMENT=kind SECRETS_FILE=$state/secrets.json ELAPSED_SECONDS=$SECONDS
unset HOST REGISTRY TAG
node "$root/scripts/release/deploy.ts"
printf '\n  %s, API reference: %s/docs\n\n  curl --cacert %s %s/posts\n\n' "$public_url" "$public_url" "${certificates#"$root"/}/ca.crt" "$public_url"
node "$root/scripts/cluster/local-name.ts" "$host"
