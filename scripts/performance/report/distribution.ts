import { median, quantile } from '../samples.ts'
import { type Distribution, formatNumber } from './model.ts'
import { colour, decades, line, picture, round, text, tickLabel, ticksTo } from './svg.ts'

const width = 900
const left = 260
const right = 90
const rowHeight = 30
const top = 8
const maxDots = 300

interface Scale {
  readonly ticks: readonly number[]
  at(value: number): number
}

/** One row per series. Logarithmic where the slowest sample is far from the rest, or one dot would flatten all others. */
export function drawDistribution({ title, unit, series }: Distribution): string {
  const all = series.flatMap(({ samples }) => samples)
  const scale = scaleOf(quantile(all, 0), quantile(all, 0.5), quantile(all, 1))
  const bottom = top + series.length * rowHeight
  const grid = scale.ticks.map(
    tick =>
      line(scale.at(tick), top, scale.at(tick), bottom, 'class="grid"') +
      text(scale.at(tick), bottom + 16, tickLabel(tick), 'text-anchor="middle" class="tick"'),
  )
  const rows = series.map(({ name, samples }, index) => {
    const y = top + (index + 0.5) * rowHeight
    return (
      text(left - 12, y + 4, name, 'text-anchor="end"') +
      dots(samples, scale, y, colour(index)) +
      mark(scale.at(median(samples)), y, 9, 'class="median"') +
      mark(scale.at(quantile(samples, 0.95)), y, 6, 'class="p95"') +
      text(width - right + 10, y + 4, `${formatNumber(median(samples))} ${unit}`, 'class="value"')
    )
  })
  return picture(width, bottom + 24, title, [...grid, ...rows].join(''))
}

function scaleOf(min: number, middle: number, max: number): Scale {
  const room = width - left - right
  if (max > 12 * middle && min > 0) {
    const ticks = decades(min, max)
    const [first = 1, last = 10] = [ticks[0], ticks.at(-1)]
    const span = Math.log10(last / first)
    return { ticks, at: value => left + (room * Math.log10(Math.max(value, first) / first)) / span }
  }
  const ticks = ticksTo(max)
  return { ticks, at: value => left + (room * value) / (ticks.at(-1) ?? 1) }
}

/** Evenly picked from the sorted samples when there are many; their height only keeps them apart. */
function dots(samples: readonly number[], scale: Scale, y: number, fill: string): string {
  const sorted = samples.toSorted((a, b) => a - b)
  const count = Math.min(sorted.length, maxDots)
  const circles = Array.from({ length: count }, (_, index) => {
    const sample = sorted[Math.round((index * (sorted.length - 1)) / Math.max(1, count - 1))] ?? 0
    const height = (((index * 7) % 11) - 5) * 1.1
    return `<circle cx="${round(scale.at(sample))}" cy="${round(y + height)}" r="2"/>`
  })
  return `<g fill="${fill}" fill-opacity="0.45">${circles.join('')}</g>`
}

const mark = (x: number, y: number, half: number, attributes: string) =>
  line(x, y - half, x, y + half, attributes)
