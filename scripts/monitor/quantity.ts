const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
}

/** A quantity as Kubernetes writes it, in its unit: 250m is 0.25, 1Gi is 1073741824. */
export function parseQuantity(written: string): number {
  const [, number, suffix = ''] = /^([\d.]+)([a-zA-Z]*)$/.exec(written) ?? []
  const factor = suffix === '' ? 1 : suffixes[suffix]
  if (number === undefined || factor === undefined) throw new Error(`${written} is not a quantity`)
  return Number(number) * factor
}
