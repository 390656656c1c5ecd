# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# Postgres, Redis, the migration, the functions and their host: in this order, each from one rendered file.

render_application() {
  local name
  mkdir -p "$state/application"
  {
    cat <<EOF
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../knative/overlays/kind]
configMapGenerator:
  - name: functions
    namespace: $namespace
    behavior: merge
    literals: [PUBLIC_URL=$public_url]
images:
  - { name: postgres, newTag: "$POSTGRES_TAG" }
  - { name: redis, newTag: "$REDIS_TAG" }
EOF
    for name in migrate "${functions[@]}"; do
      echo "  - { name: iod-$name, newName: dev.local/iod-$name, newTag: \"$tag\" }"
    done
  } >"$state/application/kustomization.yaml"
  kubectl kustomize "$state/application" >"$state/application.yaml"
}

apply_part() { kubectl apply -f "$state/application.yaml" -l "app.kubernetes.io/component in ($1)"; }

start_data() {
  apply_part settings
  # Server-side, so that no annotation keeps a second copy of the values.
  kubectl apply --server-side -f "$state/secrets.json"
  apply_part data
}

wait_for_data() {
  kubectl -n "$namespace" rollout status statefulset/postgres --timeout=180s
  kubectl -n "$namespace" rollout status statefulset/redis --timeout=180s
  kubectl -n "$namespace" rollout status deployment/redis-cache --timeout=180s
}

# A Job cannot be changed, so another image needs another Job. One that has done its work with this image stays.
run_migration() {
  local job=(kubectl -n "$namespace" get job migrate --ignore-not-found -o)
  local done_with
  done_with=$("${job[@]}" jsonpath='{.status.succeeded} {.spec.template.spec.containers[0].image}')
  if [ "$done_with" = "1 $(image migrate)" ]; then return; fi
  kubectl -n "$namespace" delete job migrate --ignore-not-found
  apply_part migration
  until kubectl -n "$namespace" wait --for=condition=Complete --timeout=5s job/migrate; do
    if [ "$("${job[@]}" jsonpath='{.status.conditions[?(@.type=="Failed")].status}')" = True ]; then
      kubectl -n "$namespace" logs --selector job-name=migrate --tail=3
      return 1
    fi
  done
}

start_functions() {
  apply_part function
  kubectl -n "$namespace" wait --for=condition=Ready services.serving.knative.dev --all --timeout=180s
  apply_part ingress
  kubectl -n "$namespace" wait --for=condition=Ready ingresses.networking.internal.knative.dev/api --timeout=60s
}
