# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# One line per step with the time since the start, and steps that run beside the others.
say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# beside NAME COMMAND...: runs COMMAND in the background, its output in .kube/logs/NAME.log.
beside() {
  local name=$1; shift
  mkdir -p "$state/logs"
  ("$@") >"$state/logs/$name.log" 2>&1 &
  printf -v "beside_$name" '%s' $!
}

# join NAME: waits for it; when it failed, shows the end of its log and stops.
join() {
  local pid=beside_$1
  wait "${!pid}" && return 0
  tail -n 20 "$state/logs/$1.log" >&2
  stop "$1 failed; the whole log is $state/logs/$1.log. What was made stays, and \`make up\` goes on from there."
}

# logged NAME COMMAND...: the same for a step that everything waits for.
logged() { beside "$@"; join "$1"; }
