# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# What this machine must have. Each fault is one sentence with its remedy.

require_tool() { command -v "$1" >/dev/null || stop "$1 is needed and not on PATH: $2"; }

require_tools() {
  require_tool docker 'install Docker Engine 24 or newer, https://docs.docker.com/engine/install/'
  local security
  security=$(docker info --format '{{.SecurityOptions}}' 2>/dev/null) ||
    stop 'Docker does not respond: start it, and check that this user may use it (docker info).'
  case $security in
    *rootless*) stop 'Docker runs rootless, where the node of a kind cluster cannot: choose a rootful one with docker context use.' ;;
  esac
  require_tool kind "install kind $KIND_VERSION, https://kind.sigs.k8s.io/docs/user/quick-start/"
  require_tool kubectl 'install kubectl 1.35 or newer, https://kubernetes.io/docs/tasks/tools/'
  require_tool openssl 'install it from your package manager.'
  require_tool curl 'install curl 7.78 or newer from your package manager.'
}
