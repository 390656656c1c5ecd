#!/usr/bin/env bash
# Downloads the release manifests and the crun of versions.env and records their sums: `make manifest-sums`, then review
# and commit.
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
if ! curl -fsS --head --output /dev/null https://github.com; then
  echo 'Refused: github.com, which has the manifests, does not respond.' >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# record URL FILE: FILE is the name that kind/manifest.sh gives it.
record() { curl -fsSL --retry 3 -o "$folder/$(basename "$(dirname "$1")")-$2" "$1"; }
record "$KNATIVE_SERVING_CRDS" serving-crds.yaml
record "$KNATIVE_SERVING_CORE" serving-core.yaml
record "$KNATIVE_KOURIER" kourier.yaml
record "$CNPG_OPERATOR" cnpg.yaml
record "$CNPG_BARMAN_CLOUD" barman-cloud.yaml
for architecture in amd64 arm64; do
  curl -fsSL --retry 3 --output-dir "$folder" -O \
    "https://github.com/containers/crun/releases/download/$CRUN_VERSION/crun-$CRUN_VERSION-linux-$architecture"
done
{ grep '^#' manifests.sha256; (cd "$folder" && sha256sum -- *); } >"$folder/.sums"
cp "$folder/.sums" manifests.sha256
cat manifests.sha256
