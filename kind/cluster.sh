# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# The kind cluster: reused when it responds and is ours. Any other is replaced with REPLACE=yes only, since its database goes
# with it, unless a stopped `make up` of this checkout has left it half made.

# The inputs of the cluster. Other ports or another node image need another cluster, and so does another password of the
# database inside, which keeps the one that it was created with. Rotated keys and the Secret of a new function do not.
cluster_fingerprint() { { cat "$state/cluster.yaml"; owner_password; echo "$node_image"; } | fingerprint; }
owner_password() {
  node --print 'JSON.parse(fs.readFileSync(process.argv[1])).items.find(secret => secret.metadata.name === "postgres")
    .stringData.password' "$state/secrets.json"
}

# responds_within SECONDS COMMAND...: a busy machine, or a node that has just started, answers late.
responds_within() {
  local deadline=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 2
  done
}

# It may be another checkout's: KUBECONFIG does not name it before it is known to be ours.
found_config=$state/found-config
found_kubectl() { kubectl --kubeconfig "$found_config" --request-timeout=10s "$@"; }
read_found_config() { (umask 077; kind get kubeconfig --name "$cluster" >"$found_config"); }
is_found_ready() { read_found_config && found_kubectl get --raw /readyz; }

# This checkout has begun to create the cluster, and has not completed it.
unfinished=$state/creating-$cluster

# cluster_fault [SECONDS]: prints why the cluster cannot be used; nothing when it can.
cluster_fault() {
  local found patience=${1:-60}
  kind get clusters 2>/dev/null | grep -qx "$cluster" || { echo none; return; }
  [ ! -e "$unfinished" ] || patience=0
  responds_within "$patience" is_found_ready || { echo silent; return; }
  found=$(found_kubectl -n kube-system get configmap made-by-make-up --ignore-not-found \
    -o jsonpath='{.data.fingerprint}' 2>/dev/null) || { echo silent; return; }
  if [ -z "$found" ]; then echo unmarked; elif [ "$found" != "$(cluster_fingerprint)" ]; then echo other; fi
}

# Whether `make down` may delete the cluster, if there is one. One that does not respond or has no mark is ours if this
# checkout has created it, or begun to.
is_ours() {
  case $(cluster_fault 10) in
    '' | none) ;;
    other) return 1 ;;
    *) [ -e "$unfinished" ] || grep -qs "^current-context: kind-$cluster\$" "$KUBECONFIG" ;;
  esac
}

# require_replaceable FAULT: refuses to delete what may hold a database.
require_replaceable() {
  local reason
  if [ "${REPLACE:-no}" = yes ]; then return; fi
  if [ -e "$unfinished" ] && [ "$1" != other ]; then return; fi
  case $1 in
    silent) reason="does not respond (docker start $cluster-control-plane starts a stopped node)" ;;
    unmarked) reason='was not created by make up, or not to its end' ;;
    *) reason='has other ports, another node image, or the database password of another checkout' ;;
  esac
  stop "The cluster $cluster $reason. REPLACE=yes deletes it with its database and creates another one;" \
    "KIND_CLUSTER=$cluster-2 with other ports creates one beside it."
}

# The ports and nodes of the last `make up`; those of a refused one do not count.
write_ports() {
  printf 'HTTP_PORT=%s\nHTTPS_PORT=%s\nNODE_PORT=%s\nWORKERS=%s\n' "$HTTP_PORT" "$HTTPS_PORT" "$NODE_PORT" "$WORKERS" \
    >"$state/ports.env"
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
  # kind keeps pods away from the first node when there are others. Here the others come second: phase 1 is asked at the
  # first node's port, and a drain needs Postgres on a node that stays.
  if [ "$WORKERS" -gt 0 ]; then
    kubectl taint node "$cluster-control-plane" node-role.kubernetes.io/control-plane-
    kubectl taint node --selector '!node-role.kubernetes.io/control-plane' made-by-make-up=second:PreferNoSchedule
  fi
  # Pods that start before kube-proxy cannot reach the API, fail, and have to wait.
  kubectl -n kube-system rollout status daemonset/kube-proxy --timeout=60s
  # One DNS server is enough for one node, which needs the other's CPU request elsewhere.
  kubectl -n kube-system scale deployment coredns --replicas=1
  # Written last: a cluster without it is incomplete.
  kubectl -n kube-system create configmap made-by-make-up --from-literal=fingerprint="$(cluster_fingerprint)"
}

ensure_cluster() {
  fill_in_ports "$root/kind/cluster.yaml" >"$state/cluster.yaml"
  for ((worker = 0; worker < WORKERS; worker++)); do echo '  - role: worker' >>"$state/cluster.yaml"; done
  local fault
  fault=$(cluster_fault)
  rm -f "$found_config"
  if [ -z "$fault" ]; then
    kind export kubeconfig --name "$cluster" >/dev/null 2>&1
    rm -f "$unfinished"
    write_ports
    say "cluster $cluster: exists"
    return
  fi
  if [ "$fault" != none ]; then
    require_replaceable "$fault"
    say "cluster $cluster: replacing it"
    logged deletion kind delete cluster --name "$cluster"
  fi
  require_free_port HTTP_PORT 8081 " (\`make dev\` uses 8080 too)"
  require_free_port HTTPS_PORT 9443
  require_free_port NODE_PORT 30001
  say "cluster $cluster: creating from ${node_image%@*}"
  write_ports
  touch "$unfinished"
  logged cluster create_cluster
  rm "$unfinished"
  say "cluster $cluster: ready"
}
