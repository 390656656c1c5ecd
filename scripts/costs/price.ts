/** What a function took in a day. */
export interface Usage {
  readonly podSeconds: number
  readonly cpuSeconds: number
  readonly requests: number
  readonly wakes: number
  /** How long clients waited at the activator, in sum. */
  readonly waitSeconds: number
}

/** What each pod reserves, of the function and queue-proxy. */
export interface Reservation {
  readonly cpu: number
  readonly memoryGiB: number
}

export interface Prices {
  readonly vcpuHour: number
  readonly gibHour: number
}

const daysPerMonth = 30
const secondsPerHour = 3_600

/** The price of 30 such days: pods pay for what they reserve, whether they use it or not. */
export const pricePerMonth = (
  { podSeconds }: Pick<Usage, 'podSeconds'>,
  { cpu, memoryGiB }: Reservation,
  { vcpuHour, gibHour }: Prices,
): number => ((podSeconds * daysPerMonth) / secondsPerHour) * (cpu * vcpuHour + memoryGiB * gibHour)

const units: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, '': 1 }

/** `96Mi` → GiB (Kubernetes' quantities, binary ones). */
export function gibOf(quantity: string): number {
  const [, digits = '0', unit = ''] = /^(\d+)(Ki|Mi|Gi)?$/.exec(quantity) ?? []
  return (Number(digits) * (units[unit] ?? 1)) / 2 ** 30
}

/** `100m` → 0.1 cores. */
export const coresOf = (quantity: string): number =>
  quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1_000 : Number(quantity)
