# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# One image per function, built from dist/ and put into the node under a name that Knative looks up nowhere.

# The commit; with changes that are not committed, also what they come to, so that no tag ever means two contents.
image_tag() {
  local commit
  commit=$(git -C "$root" rev-parse --short=12 HEAD 2>/dev/null || echo uncommitted)
  if [ "$commit" != uncommitted ] && [ -z "$(git -C "$root" status --porcelain)" ]; then echo "$commit"; return; fi
  echo "$commit-$(cd "$root" && find dist functions/Dockerfile kind/versions.env -type f | sort | xargs cat | fingerprint)"
}

image() { echo "${REGISTRY:-dev.local}/iod-$1:$tag"; }

build_image() {
  docker build --quiet --file "$root/functions/Dockerfile" --tag "$(image "$1")" \
    --build-arg "NODE_IMAGE=$NODE_IMAGE" --build-arg "FUNCTION=$1" "${@:2}" "$root"
}

build_images() {
  local function
  build_image migrate --target code
  for function in "${functions[@]}"; do build_image "$function"; done
}

# Loads the images whose tag the node does not have yet.
load_images() {
  local present name missing=()
  present=$(docker exec "$cluster-control-plane" ctr --namespace k8s.io images list --quiet)
  for name in migrate "${functions[@]}"; do
    grep -qxF "$(image "$name")" <<<"$present" || missing+=("$(image "$name")")
  done
  if [ ${#missing[@]} -gt 0 ]; then kind load docker-image --name "$cluster" "${missing[@]}"; fi
  echo "${#missing[@]} loaded"
}
