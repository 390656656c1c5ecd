#!/usr/bin/env bash
# Installs CloudNativePG and its Barman Cloud plug-in into the cluster of KUBECONFIG, else of `make up`, else the one that
# kubectl chooses: `make postgres-operator`. Safe to run again.
#   CNPG_MANIFESTS    a folder with cnpg.yaml and barman-cloud.yaml, instead of the URLs in kind/versions.env
set -euo pipefail
cd "$(dirname "$0")"
given=${KUBECONFIG:-}
# shellcheck source=kind/settings.sh
source ./settings.sh
if [ -n "$given" ]; then export KUBECONFIG=$given; elif [ ! -e "$KUBECONFIG" ]; then unset KUBECONFIG; fi
# shellcheck source=kind/progress.sh
source ./progress.sh
# shellcheck source=kind/manifest.sh
source ./manifest.sh
# Relative paths in KUBECONFIG and CNPG_MANIFESTS begin where make runs.
cd "$root"
folder=$state/postgres-operator
mkdir -p "$folder"

manifest "$CNPG_OPERATOR" "$folder/cnpg.yaml" "${CNPG_MANIFESTS:-}"
manifest "$CNPG_BARMAN_CLOUD" "$folder/barman-cloud.yaml" "${CNPG_MANIFESTS:-}"
# Server-side: the definition of a Cluster is too large for kubectl's annotation.
kubectl apply --server-side --force-conflicts --filename "$folder/cnpg.yaml" >/dev/null
# As published the operator may use a tenth of a core at most, and a failover waits for it. A local node has two cores for
# everything, so there it requests less.
request=100m; if [ "${KUBECONFIG:-}" = "$state/config" ]; then request=10m; fi
resources="{\"requests\":{\"cpu\":\"$request\",\"memory\":\"100Mi\"},\"limits\":{\"memory\":\"200Mi\"}}"
kubectl -n cnpg-system patch deployment cnpg-controller-manager --type=json --patch \
  "[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/resources\",\"value\":$resources}]" >/dev/null
kubectl -n cnpg-system rollout status deployment/cnpg-controller-manager --timeout=180s >/dev/null

# The plug-in and the operator authenticate each other by certificates. cert-manager issues them where it is installed;
# elsewhere they are made here, and the manifest's cert-manager objects are left out.
make_certificate() {
  kubectl -n cnpg-system get secret "$1-tls" >/dev/null 2>&1 && return
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=$1" \
    -addext "subjectAltName=DNS:$2" -addext "extendedKeyUsage=serverAuth,clientAuth" \
    -keyout "$folder/$1.key" -out "$folder/$1.crt" 2>/dev/null
  kubectl -n cnpg-system create secret tls "$1-tls" --key "$folder/$1.key" --cert "$folder/$1.crt" >/dev/null
  rm "$folder/$1.key"
}
if grep -q 'cert-manager.io' "$folder/barman-cloud.yaml" && ! kubectl get crd certificates.cert-manager.io >/dev/null 2>&1; then
  make_certificate barman-cloud-server barman-cloud
  make_certificate barman-cloud-client barman-cloud-client
  awk 'BEGIN { RS = "---\n"; ORS = "" } !/apiVersion: cert-manager.io/ { print "---\n" $0 }' \
    "$folder/barman-cloud.yaml" >"$folder/without-cert-manager.yaml"
  mv "$folder/without-cert-manager.yaml" "$folder/barman-cloud.yaml"
fi
kubectl apply --server-side --force-conflicts --filename "$folder/barman-cloud.yaml" >/dev/null
kubectl -n cnpg-system rollout status deployment/barman-cloud --timeout=180s >/dev/null
say 'CloudNativePG and its Barman Cloud plug-in: ready'
