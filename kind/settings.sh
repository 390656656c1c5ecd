# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# Where things are and what they are called. Sourced, and run by nothing.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=kind/versions.env
source "$root/kind/versions.env"

state=$root/.kube   # all that `make up` writes; git-ignored, removed by `make down`
export KUBECONFIG=$state/config
export KIND_EXPERIMENTAL_PROVIDER=docker
cluster=iod
namespace=iod
host=api.localhost

# The ports of the last `make up` stay until others are asked for: with other ones the cluster would be made anew.
asked_http_port=${HTTP_PORT:-} asked_https_port=${HTTPS_PORT:-} asked_node_port=${NODE_PORT:-}
# shellcheck disable=SC1091
if [ -f "$state/ports.env" ]; then source "$state/ports.env"; fi
HTTP_PORT=${asked_http_port:-${HTTP_PORT:-8080}}
HTTPS_PORT=${asked_https_port:-${HTTPS_PORT:-8443}}
NODE_PORT=${asked_node_port:-${NODE_PORT:-30000}}

public_url=https://$host:$HTTPS_PORT
node_image=${KIND_NODE_IMAGE:-$KUBERNETES_NODE_IMAGE}
functions=(auth profile posts)

# The files that name a port do so as ${HTTP_PORT}, ${HTTPS_PORT} and ${NODE_PORT}.
fill_in_ports() {
  sed -e "s/\${HTTP_PORT}/$HTTP_PORT/g" -e "s/\${HTTPS_PORT}/$HTTPS_PORT/g" -e "s/\${NODE_PORT}/$NODE_PORT/g" "$@"
}
fingerprint() { openssl dgst -sha256 -r | cut -c 1-16; }
