/** Prints how far a part is: on a terminal as one line with the remaining time, elsewhere at its start and end. */
export function createProgress(stream: NodeJS.WriteStream = process.stderr) {
  let part = ''
  let startMs = 0
  const line = (text: string) => `${stream.isTTY ? '\r\x1b[K' : ''}${part.padEnd(14)} ${text}`
  return {
    begin(name: string, expectedSeconds: number): void {
      part = name
      startMs = performance.now()
      stream.write(`${line(`about ${expectedSeconds} s`)}${stream.isTTY ? '' : '\n'}`)
    },
    /** `share` of the part is done, from 0 to 1. */
    update(share: number): void {
      const remainingSeconds = ((performance.now() - startMs) * (1 / share - 1)) / 1_000
      if (!stream.isTTY) return
      stream.write(line(`${Math.round(share * 100)} %, about ${Math.round(remainingSeconds)} s left`))
    },
    end(): void {
      stream.write(`${line(`done in ${Math.round((performance.now() - startMs) / 1_000)} s`)}\n`)
    },
  }
}
