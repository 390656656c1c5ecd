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

# check_sum FILE: stops when its sum differs from the recorded one; continues with a note when none is recorded.
check_sum() {
  local name expected
  name=$(basename "$1")
  expected=$(grep -v '^#' "$root/kind/manifests.sha256" | awk -v name="$name" '$2 == name { print $1 }')
  if [ -z "$expected" ]; then say "$name: kind/manifests.sha256 has no sum of it; \`make manifest-sums\` records it"; return; fi
  echo "$expected  $1" | sha256sum --check --status ||
    stop "$name differs from its sum in kind/manifests.sha256: remove $1 and try again, or find out who changed it."
}
