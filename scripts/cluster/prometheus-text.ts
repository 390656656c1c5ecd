// The text format in which Knative, Envoy and the functions give their numbers.

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** The samples of the metrics named; the rest of a page can be long. */
export function parseSamples(page: string, names: ReadonlySet<string>): readonly Sample[] {
  const samples: Sample[] = []
  for (const written of page.split('\n')) {
    const [, name, labels = '', value] = line.exec(written) ?? []
    if (name === undefined || value === undefined || !names.has(name)) continue
    samples.push({ name, labels: parseLabels(labels), value: Number(value) })
  }
  return samples
}

function parseLabels(written: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const [, name, value] of written.matchAll(label)) {
    if (name !== undefined && value !== undefined) labels[name] = value.replace(/\\(.)/g, '$1')
  }
  return labels
}
