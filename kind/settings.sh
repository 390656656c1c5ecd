# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# Names and places. Sourced; changes nothing by itself.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=kind/versions.env
source "$root/kind/versions.env"

state=$root/.kube   # everything that `make up` writes; git-ignored, removed by `make down`
export KUBECONFIG=$state/config
export KIND_EXPERIMENTAL_PROVIDER=docker
# Another name, and other ports, for a second cluster on this machine.
cluster=${KIND_CLUSTER:-iod}
namespace=iod
host=api.localhost

# The ports and nodes of the last `make up` stay until a person asks for others, since those need a new cluster.
asked_http_port=${HTTP_PORT:-} asked_https_port=${HTTPS_PORT:-} asked_node_port=${NODE_PORT:-} asked_workers=${WORKERS:-}
# shellcheck disable=SC1091
if [ -f "$state/ports.env" ]; then source "$state/ports.env"; fi
HTTP_PORT=${asked_http_port:-${HTTP_PORT:-8080}}
HTTPS_PORT=${asked_https_port:-${HTTPS_PORT:-8443}}
NODE_PORT=${asked_node_port:-${NODE_PORT:-30000}}
WORKERS=${asked_workers:-${WORKERS:-0}}

public_url=https://$host:$HTTPS_PORT
node_image=${KIND_NODE_IMAGE:-$KUBERNETES_NODE_IMAGE}

# Files name the ports as ${HTTP_PORT}, ${HTTPS_PORT} and ${NODE_PORT}.
fill_in_ports() {
  sed -e "s/\${HTTP_PORT}/$HTTP_PORT/g" -e "s/\${HTTPS_PORT}/$HTTPS_PORT/g" -e "s/\${NODE_PORT}/$NODE_PORT/g" "$@"
}
fingerprint() { openssl dgst -sha256 -r | cut -c 1-16; }
