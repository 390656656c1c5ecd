# shellcheck shell=bash disable=SC2034,SC2154 # sourced: the other half of each name is in another file
# One line per step with the seconds since the start, and steps that run concurrently.
say() { printf '[%4d s] %s\n' "$SECONDS" "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# start NAME COMMAND...: runs COMMAND in the background, its output in .kube/logs/NAME.log.
start() {
  local name=$1; shift
  mkdir -p "$state/logs"
  ("$@") >"$state/logs/$name.log" 2>&1 &
  printf -v "pid_of_$name" '%s' $!
}

# join NAME: waits for it; shows the end of its log and stops when it failed.
join() {
  local pid=pid_of_$1
  wait "${!pid}" && return 0
  tail -n 20 "$state/logs/$1.log" >&2
  stop "$1 failed; the whole log is $state/logs/$1.log. What was created stays, and \`make up\` continues from there."
}

# logged NAME COMMAND...: the same for a step that all others wait for.
logged() { start "$@"; join "$1"; }
