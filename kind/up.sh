#!/usr/bin/env bash
# Makes or updates the local cluster and everything in it: `make up`. Safe to run again at any time.
#   HTTPS_PORT, HTTP_PORT, NODE_PORT    other ports on this machine (8443, 8080, 30000)
#   KIND_NODE_IMAGE, KNATIVE_MANIFESTS    see kind/versions.env
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
# shellcheck source=kind/progress.sh
source ./progress.sh
# shellcheck source=kind/requirements.sh
source ./requirements.sh
# shellcheck source=kind/certificates.sh
source ./certificates.sh
# shellcheck source=kind/cluster.sh
source ./cluster.sh
# shellcheck source=kind/images.sh
source ./images.sh
# shellcheck source=kind/platform.sh
source ./platform.sh
# shellcheck source=kind/application.sh
source ./application.sh
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT

require_tools
mkdir -p "$state"
printf 'HTTP_PORT=%s\nHTTPS_PORT=%s\nNODE_PORT=%s\n' "$HTTP_PORT" "$HTTPS_PORT" "$NODE_PORT" >"$state/ports.env"
node "$root/scripts/secrets.ts" "$state/secrets.json" "$namespace"
ensure_certificates server "$host"
tag=$(image_tag)

say "images: building $tag"
beside images build_images
ensure_cluster
render_platform
render_application
logged definitions install_definitions
beside platform install_platform
logged data start_data
say 'Knative, Kourier, Postgres and Redis: starting'
join images
logged loading load_images
say "images: $(tail -n 1 "$state/logs/loading.log")"
logged migration run_migration
logged data_ready wait_for_data
say 'Postgres and Redis: ready, schema current'
join platform
say 'Knative and Kourier: ready'
logged functions start_functions
say 'functions and host: ready'

request=(curl --cacert "${certificates#"$root"/}/ca.crt" "$public_url/posts")
(cd "$root" && logged answer "${request[@]}" --fail --silent --show-error --retry 10 --retry-all-errors --retry-delay 1)
say 'answering'
printf '\n  %s\n\n  %s\n\n' "$public_url" "${request[*]}"
