# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# Knative Serving and Kourier: the release manifests with the patches of knative/platform and kind/platform.

# manifest URL FILE: copies FILE from KNATIVE_MANIFESTS, or downloads URL once. What is applied as cluster-admin must be
# what was reviewed: kind/manifests.sha256 holds the sums, and `make manifest-sums` writes them after a change of versions.
manifest() {
  local release copy
  if [ -n "${KNATIVE_MANIFESTS:-}" ]; then cp "$KNATIVE_MANIFESTS/$2" "$platform/$2"; return; fi
  release=$(basename "$(dirname "$1")")
  copy=$state/downloads/$release-$2
  mkdir -p "$state/downloads"
  [ -s "$copy" ] || { curl -fsSL --retry 3 -o "$copy.part" "$1" && mv "$copy.part" "$copy"; }
  check_sum "$copy"
  cp "$copy" "$platform/$2"
}

# check_sum FILE: stops where its sum is another than the recorded one; says so where none is recorded.
check_sum() {
  local name expected
  name=$(basename "$1")
  expected=$(grep -v '^#' "$root/kind/manifests.sha256" | awk -v name="$name" '$2 == name { print $1 }')
  if [ -z "$expected" ]; then say "$name: no sum is recorded in kind/manifests.sha256; \`make manifest-sums\` records it"; return; fi
  echo "$expected  $1" | sha256sum --check --status || stop "$name is not what kind/manifests.sha256 says: remove $1 and try again, or find out who changed it."
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
  # The annotation restarts Kourier's controller when the certificate is renewed: it reads it at its start.
  cat >"$platform/kustomization.yaml" <<EOF
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
EOF
  kubectl kustomize "$platform" >"$state/platform.yaml"
}

# Before all else: kubectl reads a file with a kind that it does not know as an error.
install_definitions() {
  kubectl apply -f "$state/platform/serving-crds.yaml"
  kubectl wait --for=condition=Established --timeout=60s -f "$state/platform/serving-crds.yaml"
}

# The ConfigMaps arrive with their final values, before the webhook that checks them and before the first Service:
# one made under another ingress class would stay unconfigured.
install_platform() {
  kubectl apply -f "$state/platform.yaml"
  kubectl -n knative-serving wait --for=condition=Available deployment --all --timeout=180s
  kubectl -n kourier-system wait --for=condition=Available deployment --all --timeout=180s
  # The webhook takes calls once it has put its own certificate here.
  kubectl wait --for=jsonpath='{.webhooks[0].clientConfig.caBundle}' --timeout=60s \
    mutatingwebhookconfiguration/webhook.serving.knative.dev \
    validatingwebhookconfiguration/validation.webhook.serving.knative.dev
}
