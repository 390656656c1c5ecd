#!/usr/bin/env bash
# Builds the images of this checkout from dist/ and prints their tag; with --tag only prints it.
#   REGISTRY    what stands before /iod-posts in their names (dev.local)
set -euo pipefail
cd "$(dirname "$0")"
# shellcheck source=kind/settings.sh
source ./settings.sh
# shellcheck source=kind/images.sh
source ./images.sh
tag=$(image_tag)
if [ "${1:-}" != --tag ]; then build_images >/dev/null; fi
echo "$tag"
