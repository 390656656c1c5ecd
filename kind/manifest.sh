# shellcheck shell=bash disable=SC2154 # sourced: the other half of each name is in another file
# Release manifests, from their URL or from a folder that replaces it.

# manifest URL FILE FOLDER: writes FILE, from FOLDER where one is named, or else downloads URL once. Only reviewed content
# may be applied as cluster-admin: kind/manifests.sha256 has the sums, which `make manifest-sums` writes after a change of
# versions.
manifest() {
  local name copy
  name=$(basename "$2")
  if [ -n "$3" ]; then cp "$3/$name" "$2"; return; fi
  copy=$state/downloads/$(basename "$(dirname "$1")")-$name
  mkdir -p "$state/downloads"
  [ -s "$copy" ] || { curl -fsSL --retry 3 -o "$copy.part" "$1" && mv "$copy.part" "$copy"; }
  check_sum "$copy"
  cp "$copy" "$2"
}

# check_sum FILE: stops when its sum differs from the recorded one. Without a recorded one it continues with a note in the
# cluster of `make up`, and stops in any other: there somebody else's data is at stake.
check_sum() {
  local name expected
  name=$(basename "$1")
  expected=$(awk -v name="$name" '$2 == name { print $1 }' "$root/kind/manifests.sha256")
  if [ -z "$expected" ]; then
    is_of_make_up || stop "Refused: kind/manifests.sha256 has no sum of $name, and this cluster is not that of make up. Record it with" \
      'make manifest-sums and review it, or name a folder with the reviewed file: KNATIVE_MANIFESTS, CNPG_MANIFESTS (kind/versions.env).'
    say "$name: kind/manifests.sha256 has no sum of it; \`make manifest-sums\` records it"
    return
  fi
  echo "$expected  $1" | sha256sum --check --status ||
    stop "$name differs from its sum in kind/manifests.sha256: remove $1 and try again, or find out who changed it."
}

# `make up` marks its cluster when it is complete.
is_of_make_up() { kubectl -n kube-system get configmap made-by-make-up >/dev/null 2>&1; }
