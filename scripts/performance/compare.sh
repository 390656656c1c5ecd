#!/usr/bin/env bash
# make compare REF=main: start, warm and size of this tree against another commit, interleaved. Only the build of the
# other commit runs: its dist/ folder is started, its sources are not imported.
set -euo pipefail
cd "$(dirname "$0")/../.."
# Options of this command, which `make build` would refuse.
unset MAKEFLAGS
ref=${1:-}
if ! git rev-parse --verify --quiet "$ref^{commit}" >/dev/null; then
  echo "Refused: REF ${ref:+$ref }is no commit of this repository; name one, as in REF=main." >&2
  exit 1
fi
make build
folder=$(mktemp -d)
trap 'git worktree remove --force "$folder/tree"; rm -rf "$folder"' EXIT
git worktree add --quiet --detach "$folder/tree" "$ref"
# The same packages are linked, or copied, instead of fetched.
if cmp --silent package-lock.json "$folder/tree/package-lock.json"; then
  cp -R --link node_modules "$folder/tree/" 2>/dev/null || cp -R node_modules "$folder/tree/"
  touch "$folder/tree/node_modules/.installed"
fi
make -C "$folder/tree" build
ONLY=${ONLY:-start,warm,size} node scripts/performance/main.ts "${ref//=/-}=$folder/tree/dist"
