const lineIntervalMs = 30_000

/** Prints how far a part is: on a terminal in one line, elsewhere in a line every half minute. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr) {
  let part = ''
  let startMs = 0
  let printedMs = 0
  const line = (text: string) => `${stream.isTTY ? '\r\x1b[K' : ''}${part.padEnd(14)} ${text}`
  return {
    begin(name: string, expectedSeconds: number): void {
      part = name
      startMs = performance.now()
      printedMs = startMs
      stream.write(`${line(`about ${expectedSeconds} s`)}${stream.isTTY ? '' : '\n'}`)
    },
    /** `share` of the part is done, from 0 to 1. */
    update(share: number): void {
      const nowMs = performance.now()
      if (!stream.isTTY && nowMs - printedMs < lineIntervalMs) return
      printedMs = nowMs
      const remainingSeconds = ((nowMs - startMs) * (1 / share - 1)) / 1_000
      const text = `${Math.round(share * 100)} %, about ${Math.round(remainingSeconds)} s left`
      stream.write(`${line(text)}${stream.isTTY ? '' : '\n'}`)
    },
    end(): void {
      stream.write(`${line(`done in ${Math.round((performance.now() - startMs) / 1_000)} s`)}\n`)
    },
  }
}
