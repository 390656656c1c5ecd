/** How long the event loop turned for nobody else while `work` went on, at the longest, in milliseconds. */
export async function longestGapMs(work: () => Promise<unknown>): Promise<number> {
  let longestMs = 0
  let lastMs = performance.now()
  const look = () => {
    const nowMs = performance.now()
    longestMs = Math.max(longestMs, nowMs - lastMs)
    lastMs = nowMs
  }
  const pulse = setInterval(look, 1)
  try {
    await work()
  } finally {
    clearInterval(pulse)
    // What has blocked to the very end has let no pulse come.
    look()
  }
  return longestMs
}
