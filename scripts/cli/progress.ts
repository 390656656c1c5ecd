/**
 * Shows how much of something is done and how long the rest will take, in seconds or minutes: one line that is rewritten on
 * a terminal, else one per tenth.
 */
export function createProgress(what: string, expectedSeconds?: number) {
  const stream = process.stderr
  const startMs = performance.now()
  const elapsedMs = () => performance.now() - startMs
  let lastTenth = 0
  const write = (text: string, isLast = false) =>
    stream.write(stream.isTTY ? `\r\u001b[K${what} ${text}${isLast ? '\n' : ''}` : `${what} ${text}\n`)
  if (expectedSeconds !== undefined) write(`about ${expectedSeconds} s`)
  return {
    /** `share` is done, from 0 to 1. */
    update(share: number) {
      const tenth = Math.floor(share * 10)
      if (stream.isTTY || tenth > lastTenth)
        write(`${Math.round(share * 100)} %${remaining(share, elapsedMs())}`)
      lastTenth = tenth
    },
    end: () => void write(`done in ${Math.round(elapsedMs() / 1_000)} s`, true),
  }
}

function remaining(share: number, elapsedMs: number): string {
  if (share <= 0 || share >= 1 || elapsedMs < 1_000) return ''
  const seconds = Math.ceil(((elapsedMs / share) * (1 - share)) / 1_000)
  return `, about ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`
}
