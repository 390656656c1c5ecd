# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# FAST_START=yes: crun in the node, for knative/components/fast-start. Whatever fails here leaves the node as it was, with
# the functions in runc.

# Before the first pod of Knative, since containerd starts again.
prepare_fast_start() {
  crun_node=''
  if [ "${FAST_START:-no}" != yes ]; then return; fi
  if [ "$WORKERS" -gt 0 ]; then stop 'FAST_START=yes prepares one node: leave it out, or WORKERS=0 REPLACE=yes make up.'; fi
  local node=$cluster-control-plane log=$state/logs/fast-start.log
  mkdir -p "$state/logs"
  if { install_crun "$node" && configure_containerd "$node" && run_container "$node"; } >"$log" 2>&1; then
    crun_node=$node
  else
    remove_handler "$node" >>"$log" 2>&1 || true
    export FAST_START=no
    say "fast start: not possible here, the functions run in runc; $log has the reason"
  fi
}

# The kubelet reports within seconds what containerd offers, and `make deploy` reads its report.
await_fast_start() {
  if [ -z "$crun_node" ]; then return; fi
  kubectl wait "node/$crun_node" --timeout=60s \
    --for=jsonpath='{.status.runtimeHandlers[?(@.name=="crun")].name}'=crun >/dev/null
  say "fast start: the functions run in $(docker exec "$crun_node" crun --version | head -n 1)"
}

# install_crun NODE: the node image's own, otherwise the static binary of crun's release.
install_crun() {
  docker exec "$1" crun --version && return
  local architecture copy
  architecture=$(docker exec "$1" uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
  copy=$state/downloads/crun-$CRUN_VERSION-linux-$architecture
  mkdir -p "$state/downloads"
  [ -s "$copy" ] || { curl -fsSL --retry 3 --max-time 60 -o "$copy.part" \
    "https://github.com/containers/crun/releases/download/$CRUN_VERSION/$(basename "$copy")" && mv "$copy.part" "$copy"; } || return
  # It runs as root in the node, so a binary without a recorded sum is refused.
  (cd "$state/downloads" && grep " $(basename "$copy")\$" "$root/kind/manifests.sha256" | sha256sum --check --strict) || return
  docker cp "$copy" "$1:/usr/local/bin/crun" && docker exec "$1" chmod 755 /usr/local/bin/crun
}

# configure_containerd NODE: adds the handler. crun cannot reach systemd without D-Bus, which a kind node lacks, so it
# writes to the cgroup file system itself.
configure_containerd() {
  docker exec "$1" grep -q runtimes.crun /etc/containerd/config.toml && return
  docker exec -i "$1" bash -euo pipefail <<'SH'
    config=/etc/containerd/config.toml
    plugin=io.containerd.grpc.v1.cri
    if grep -q '^version *= *3' $config; then plugin=io.containerd.cri.v1.runtime; fi
    cat >>$config <<TOML
# fast-start
[plugins."$plugin".containerd.runtimes.crun]
  runtime_type = "io.containerd.runc.v2"
  base_runtime_spec = "/etc/containerd/cri-base.json"
  [plugins."$plugin".containerd.runtimes.crun.options]
    BinaryName = "$(command -v crun)"
    SystemdCgroup = false
TOML
    systemctl restart containerd
SH
}

# run_container NODE: shows that crun, containerd and the kernel fit together, with the one image that every node has.
run_container() {
  docker exec -i "$1" bash -euo pipefail <<'SH'
    ctr() { command ctr --namespace k8s.io "$@"; }
    image=$(ctr images list --quiet | grep --max-count=1 /pause:)
    id=fast-start-$RANDOM
    ctr run --detach --runc-binary "$(command -v crun)" "$image" $id
    ctr tasks delete --force $id || true   # it reports how the process ended
    ctr containers delete $id
    # On cgroup v1 a group that is left here outlives the node, and with it a hierarchy in which the next node's kubelet
    # fails (“has some missing paths: /sys/fs/cgroup/hugetlb/kubelet.slice”).
    find /sys/fs/cgroup -depth -type d \( -path '*/k8s.io/fast-start*' -o -path '*/k8s.io' \) -exec rmdir {} + 2>/dev/null || true
SH
}

remove_handler() {
  docker exec "$1" sed -i '/^# fast-start/,$d' /etc/containerd/config.toml
  docker exec "$1" systemctl restart containerd
}
