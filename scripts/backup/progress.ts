/** Shows how much is done and how long the rest will take: one line that is rewritten on a terminal, else one per tenth. */
export function createProgress(what: string, stream: NodeJS.WriteStream = process.stderr) {
  const startMs = performance.now()
  let lastTenth = 0
  return (share: number): void => {
    const line = `${what} ${Math.round(share * 100)} %${remaining(share, performance.now() - startMs)}`
    if (stream.isTTY) {
      stream.write(`\r\u001b[K${line}${share >= 1 ? '\n' : ''}`)
      return
    }
    const tenth = Math.floor(share * 10)
    if (tenth > lastTenth) stream.write(`${line}\n`)
    lastTenth = tenth
  }
}

function remaining(share: number, elapsedMs: number): string {
  if (share <= 0 || share >= 1 || elapsedMs < 1_000) return ''
  const seconds = Math.ceil(((elapsedMs / share) * (1 - share)) / 1_000)
  return `, about ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`} left`
}
