#!/usr/bin/env bash
# Downloads the release manifests of versions.env and records their sums: `make manifest-sums`, then review and commit.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for url in "$KNATIVE_SERVING_CRDS" "$KNATIVE_SERVING_CORE" "$KNATIVE_KOURIER"; do
  curl -fsSL --retry 3 -o "$folder/$(basename "$(dirname "$url")")-$(basename "$url")" "$url"
done
{ grep '^#' manifests.sha256; (cd "$folder" && sha256sum -- *); } >"$folder/.sums"
cp "$folder/.sums" manifests.sha256
cat manifests.sha256
