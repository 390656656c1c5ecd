#!/usr/bin/env bash
# Builds one image per function from dist/, and prints their tag; with --tag only prints it. Images that exist stay.
#   REGISTRY    prefix of their names (dev.local, which Knative resolves at no registry)
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
cd "$root"

# The commit; with uncommitted changes also a hash of the content, so that no tag ever has two contents.
image_tag() {
  local commit
  commit=$(git rev-parse --short=12 HEAD 2>/dev/null || echo uncommitted)
  if [ "$commit" != uncommitted ] && [ -z "$(git status --porcelain)" ]; then echo "$commit"; return; fi
  echo "$commit-$(find dist functions/Dockerfile kind/versions.env -type f | sort | xargs cat | fingerprint)"
}

# build_image FUNCTION [OPTION...]
build_image() {
  local image=${REGISTRY:-dev.local}/iod-$1:$tag
  if docker image inspect "$image" >/dev/null 2>&1; then return; fi
  docker build --quiet --file functions/Dockerfile --tag "$image" \
    --build-arg "NODE_IMAGE=$NODE_IMAGE" --build-arg "FUNCTION=$1" "${@:2}" . >/dev/null
}

# BuildKit takes the time of the commit as that of the image; the classic builder has no such setting.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 0)
export SOURCE_DATE_EPOCH
# BuildKit's attestations hold times, and would make an index of an image, which no other index can list.
export BUILDX_NO_DEFAULT_ATTESTATIONS=1
tag=$(image_tag)
if [ "${1:-}" != --tag ]; then
  build_image migrate --target code
  # Only functions have a code cache.
  for bundle in dist/*/cached.cjs; do build_image "$(basename "$(dirname "$bundle")")"; done
fi
echo "$tag"
