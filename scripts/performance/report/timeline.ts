import { formatNumber, type Timeline } from './model.ts'
import { colour, line, picture, round, text, tickLabel, ticksTo } from './svg.ts'

const width = 900
const left = 260
const right = 90
const rowHeight = 34
const top = 8

/** Bars of phases one after the other; the legend below names the phases in their order. */
export function drawTimeline({ title, rows }: Timeline): string {
  const names = [...new Set(rows.flatMap(({ phases }) => phases.map(phase => phase.name)))]
  const totals = rows.map(({ phases }) => phases.reduce((sum, { ms }) => sum + ms, 0))
  const ticks = ticksTo(Math.max(...totals))
  const scale = (width - left - right) / (ticks.at(-1) ?? 1)
  const bottom = top + rows.length * rowHeight
  const grid = ticks.map(
    tick =>
      line(left + tick * scale, top, left + tick * scale, bottom, 'class="grid"') +
      text(left + tick * scale, bottom + 16, `${tickLabel(tick)} ms`, 'text-anchor="middle" class="tick"'),
  )
  const bars = rows.map(({ name, phases }, index) => {
    const y = top + index * rowHeight + 5
    let x = left
    const boxes = phases.map(phase => {
      const length = phase.ms * scale
      const box = `<rect x="${round(x)}" y="${y}" width="${round(Math.max(0, length - 1))}" height="${rowHeight - 10}" fill="${colour(names.indexOf(phase.name))}"><title>${phase.name}: ${formatNumber(phase.ms)} ms</title></rect>`
      const label = length > 34 ? text(x + length / 2, y + 16, formatNumber(phase.ms), 'class="inside"') : ''
      x += length
      return box + label
    })
    const total = text(x + 8, y + 16, `${formatNumber(totals[index] ?? 0)} ms`, 'class="value"')
    return text(left - 12, y + 16, name, 'text-anchor="end"') + boxes.join('') + total
  })
  const legend = names.map((name, index) => {
    const [x, y] = [left + (index % 3) * 215, bottom + 30 + Math.floor(index / 3) * 20]
    return `<rect x="${x}" y="${y}" width="12" height="12" fill="${colour(index)}"/>${text(x + 18, y + 11, name)}`
  })
  const height = bottom + 34 + Math.ceil(names.length / 3) * 20
  return picture(width, height, title, [...grid, ...bars, ...legend].join(''))
}
