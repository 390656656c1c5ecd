// The counters of a function, in addition to those of queue-proxy. Counting is an addition in memory; the text is written
// when it is scraped. One registry per process, since a process is scraped as a whole.

export interface Counter {
  /** Counts one more, under the value of the counter's label where it has one. */
  add(value?: string): void
}

interface Counted {
  readonly help: string
  readonly label: string | undefined
  readonly values: Map<string, number>
}

const counters = new Map<string, Counted>()

/** A counter by Prometheus' rules: its name ends in `_total`. `label` has few values, all from this code. */
export function createCounter(name: string, help: string, label?: string): Counter {
  const values = new Map<string, number>(label === undefined ? [['', 0]] : [])
  counters.set(name, { help, label, values })
  return { add: (value = '') => void values.set(value, (values.get(value) ?? 0) + 1) }
}

/** All counters in Prometheus' text format, and the CPU time of the process, by which `make costs` counts. */
export function renderCounters(): string {
  const { user, system } = process.cpuUsage()
  let page = `# HELP process_cpu_seconds_total CPU time since the start.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total ${(user + system) / 1e6}
`
  for (const [name, { help, label, values }] of counters) {
    page += `# HELP ${name} ${help}\n# TYPE ${name} counter\n`
    for (const [value, count] of values)
      page += label === undefined ? `${name} ${count}\n` : `${name}{${label}="${value}"} ${count}\n`
  }
  return page
}
