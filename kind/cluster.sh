# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# The kind cluster: reused when it is alive, complete and ours, otherwise created again.

# The inputs of the cluster. Other ports or another node image need another cluster, and so does another password of the
# database inside, which keeps the one that it was created with. Rotated keys and the Secret of a new function do not.
cluster_fingerprint() { { cat "$state/cluster.yaml"; owner_password; echo "$node_image"; } | fingerprint; }
owner_password() {
  node --print 'JSON.parse(fs.readFileSync(process.argv[1])).items.find(secret => secret.metadata.name === "postgres")
    .stringData.password' "$state/secrets.json"
}

# Prints why the cluster cannot be used; nothing when it can.
cluster_fault() {
  kind get clusters 2>/dev/null | grep -qx "$cluster" || { echo none; return; }
  kind export kubeconfig --name "$cluster" >/dev/null 2>&1 || { echo 'is dead'; return; }
  kubectl --request-timeout=10s get --raw /readyz >/dev/null 2>&1 || { echo 'is dead'; return; }
  local found
  found=$(kubectl --request-timeout=10s -n kube-system get configmap made-by-make-up \
    -o jsonpath='{.data.fingerprint}' 2>/dev/null) || { echo 'is incomplete'; return; }
  [ "$found" = "$(cluster_fingerprint)" ] || echo 'has other ports, another node image or another database password'
}

# require_free_port VARIABLE OTHER [NOTE]: OTHER is a port to propose.
require_free_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/${!1}") 2>/dev/null; then
    stop "Port ${!1} is in use${3:-}: stop its process, or $1=$2 make up."
  fi
}

create_node() { kind create cluster --name "$cluster" --image "$node_image" --config "$state/cluster.yaml"; }

create_cluster() {
  # Docker still creates a container whose `docker run` was killed, and shows it only then: so a failure is tried again.
  create_node || { kind delete cluster --name "$cluster"; create_node; }
  kubectl wait --for=condition=Ready node --all --timeout=120s
  # Pods that start before kube-proxy cannot reach the API, fail, and have to wait.
  kubectl -n kube-system rollout status daemonset/kube-proxy --timeout=60s
  # One DNS server is enough for one node, which needs the other's CPU request elsewhere.
  kubectl -n kube-system scale deployment coredns --replicas=1
  # Written last: a cluster without it is incomplete.
  kubectl -n kube-system create configmap made-by-make-up --from-literal=fingerprint="$(cluster_fingerprint)"
}

ensure_cluster() {
  fill_in_ports "$root/kind/cluster.yaml" >"$state/cluster.yaml"
  local fault
  fault=$(cluster_fault)
  if [ -z "$fault" ]; then say "cluster $cluster: exists"; return; fi
  if [ "$fault" != none ]; then
    say "cluster $cluster: $fault; replacing it"
    logged deletion kind delete cluster --name "$cluster"
  fi
  require_free_port HTTP_PORT 8081 " (\`make dev\` uses 8080 too)"
  require_free_port HTTPS_PORT 9443
  require_free_port NODE_PORT 30001
  say "cluster $cluster: creating from ${node_image%@*}"
  logged cluster create_cluster
  say "cluster $cluster: ready"
}
