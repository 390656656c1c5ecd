# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# Knative Serving and Kourier: the release manifests with the patches of knative/platform and kind/platform.

render_platform() {
  local file retries
  platform=$state/platform
  retries=$(node "$root/scripts/manifests/gateway-retries.ts" "$namespace")
  rm -rf "$platform"; mkdir -p "$platform/kind"
  manifest "$KNATIVE_SERVING_CRDS" "$platform/serving-crds.yaml" "${KNATIVE_MANIFESTS:-}"
  manifest "$KNATIVE_SERVING_CORE" "$platform/serving-core.yaml" "${KNATIVE_MANIFESTS:-}"
  manifest "$KNATIVE_KOURIER" "$platform/kourier.yaml" "${KNATIVE_MANIFESTS:-}"
  for file in "$root"/kind/platform/*.yaml; do
    fill_in_ports "$file" | sed "s|\${GATEWAY_RETRIES}|$retries|" >"$platform/kind/$(basename "$file")"
  done
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
