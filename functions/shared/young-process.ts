/**
 * For this long after its start a process may have no network yet: where NetworkPolicies are enforced, connections of a
 * new pod are refused until its address is known on each node. Up to 2.0 s after the start in `make test-policies`.
 */
const youngMs = 4_000

/** Milliseconds since the process started, as `performance.now()` has them. */
export const isYoung = (nowMs = performance.now()) => nowMs < youngMs

/** The time at which a wait for a connection ends: after `waitMs`, and never while the process is young. */
export const connectDeadline = (waitMs: number, nowMs = performance.now()) =>
  Math.max(nowMs + waitMs, youngMs)
