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
