# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# Knative Serving and Kourier: the release manifests with the patches of knative/platform and kind/platform.

# manifest URL FILE: copies FILE from KNATIVE_MANIFESTS, or downloads URL once. Only reviewed content may be applied as
# cluster-admin: kind/manifests.sha256 has the sums, which `make manifest-sums` writes after a change of versions.
manifest() {
  if [ -n "${KNATIVE_MANIFESTS:-}" ]; then cp "$KNATIVE_MANIFESTS/$2" "$platform/$2"; return; fi
  local copy
  copy=$state/downloads/$(basename "$(dirname "$1")")-$2
  mkdir -p "$state/downloads"
  [ -s "$copy" ] || { curl -fsSL --retry 3 -o "$copy.part" "$1" && mv "$copy.part" "$copy"; }
  check_sum "$copy"
  cp "$copy" "$platform/$2"
}

# check_sum FILE: stops when its sum differs from the recorded one; continues with a note when none is recorded.
check_sum() {
  local name expected
  name=$(basename "$1")
  expected=$(grep -v '^#' "$root/kind/manifests.sha256" | awk -v name="$name" '$2 == name { print $1 }')
  if [ -z "$expected" ]; then say "$name: kind/manifests.sha256 has no sum of it; \`make manifest-sums\` records it"; return; fi
  echo "$expected  $1" | sha256sum --check --status ||
    stop "$name differs from its sum in kind/manifests.sha256: remove $1 and try again, or find out who changed it."
}

render_platform() {
  local file
  platform=$state/platform
  rm -rf "$platform"; mkdir -p "$platform/kind"
  manifest "$KNATIVE_SERVING_CRDS" serving-crds.yaml
  manifest "$KNATIVE_SERVING_CORE" serving-core.yaml
  manifest "$KNATIVE_KOURIER" kourier.yaml
  for file in "$root"/kind/platform/*.yaml; do fill_in_ports "$file" >"$platform/kind/$(basename "$file")"; done
  cp "$certificates"/server.{crt,key} "$platform/"
  # The annotation restarts Kourier's controller after a renewal of the certificate, which it reads at its start.
  cat >"$platform/kustomization.yaml" <<YAML
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [serving-core.yaml, kourier.yaml]
components: [../../knative/platform, kind]
secretGenerator:
  - name: api-certificate
    namespace: knative-serving
    type: kubernetes.io/tls
    files: [tls.crt=server.crt, tls.key=server.key]
    options: { disableNameSuffixHash: true }
patches:
  - target: { kind: Deployment, name: net-kourier-controller }
    patch: |
      - op: add
        path: /spec/template/metadata/annotations/certificate
        value: "$(fingerprint <"$certificates/server.crt")"
YAML
  kubectl kustomize "$platform" >"$state/platform.yaml"
}

# The definitions come first, since kubectl rejects a file with an unknown kind. The ConfigMaps arrive with their final
# values, before the webhook that checks them and before the first Service: one of another ingress class would stay
# unconfigured. The rollout waits until all of it is ready.
install_platform() {
  kubectl apply -f "$platform/serving-crds.yaml"
  kubectl wait --for=condition=Established --timeout=60s -f "$platform/serving-crds.yaml"
  kubectl apply -f "$state/platform.yaml"
}
