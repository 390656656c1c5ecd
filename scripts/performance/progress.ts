/** One line on a terminal that is written over, with the time that is left; plain lines elsewhere. */
export interface Progress {
  /** `expectedSeconds` is a guess for the first line; later ones go by what was done so far. */
  begin(what: string, expectedSeconds: number): void
  done(share: number): void
  end(): void
}

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  let what = ''
  let startMs = 0
  let expectedMs = 0

  function show(share: number): void {
    const elapsedMs = performance.now() - startMs
    const totalMs = share > 0.05 ? elapsedMs / share : Math.max(expectedMs, elapsedMs)
    const leftSeconds = Math.max(0, Math.round((totalMs - elapsedMs) / 1_000))
    const line = `${what.padEnd(28)} ${String(Math.round(share * 100)).padStart(3)} %   about ${leftSeconds} s left`
    if (stream.isTTY) stream.write(`\r\x1b[K${line}`)
  }

  return {
    begin(name, expectedSeconds) {
      what = name
      startMs = performance.now()
      expectedMs = expectedSeconds * 1_000
      if (stream.isTTY) show(0)
      else stream.write(`${name}: about ${expectedSeconds} s\n`)
    },
    done: show,
    end() {
      const seconds = ((performance.now() - startMs) / 1_000).toFixed(0)
      stream.write(`${stream.isTTY ? '\r\x1b[K' : ''}${what.padEnd(28)} done in ${seconds} s\n`)
    },
  }
}
