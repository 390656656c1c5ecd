import type { Curve } from './model.ts'
import { colour, decades, line, picture, round, text, tickLabel, ticksTo } from './svg.ts'

const width = 900
const height = 300
const left = 60
const right = 290
const top = 30
const bottom = height - 44

/** Lines over load or over size, each named beside its last point. */
export function drawCurve({ title, xLabel, yLabel, logarithmicX, lines }: Curve): string {
  const points = lines.flatMap(({ points }) => points)
  const xs = points.map(({ x }) => x)
  const xTicks = logarithmicX ? decades(Math.min(...xs), Math.max(...xs)) : ticksTo(Math.max(...xs))
  const [first = 0, last = 1] = [xTicks[0], xTicks.at(-1)]
  const place = logarithmicX ? Math.log10 : (value: number) => value
  const xAt = (value: number) =>
    left + ((width - left - right) * (place(value) - place(first))) / (place(last) - place(first) || 1)
  const yTicks = ticksTo(Math.max(...points.map(({ y }) => y)))
  const yAt = (value: number) => bottom - ((bottom - top) * value) / (yTicks.at(-1) ?? 1)

  const grid = [
    ...yTicks.map(
      tick =>
        line(left, yAt(tick), width - right, yAt(tick), 'class="grid"') +
        text(left - 8, yAt(tick) + 4, tickLabel(tick), 'text-anchor="end" class="tick"'),
    ),
    ...xTicks.map(tick => text(xAt(tick), bottom + 18, tickLabel(tick), 'text-anchor="middle" class="tick"')),
    text((left + width - right) / 2, height - 8, xLabel, 'text-anchor="middle" class="tick"'),
    text(left - 8, 14, yLabel, 'text-anchor="end" class="tick"'),
  ]
  const drawn = lines.map(({ points }, index) => {
    const path = points.map(({ x, y }) => `${round(xAt(x))},${round(yAt(y))}`).join(' ')
    const dots = points.map(({ x, y }) => `<circle cx="${round(xAt(x))}" cy="${round(yAt(y))}" r="3"/>`)
    return `<g fill="${colour(index)}" stroke="${colour(index)}"><polyline points="${path}" fill="none" stroke-width="2"/>${dots.join('')}</g>`
  })
  const names = lines.map(({ name }, index) => {
    const y = top + 14 + index * 20
    return `<rect x="${width - right + 24}" y="${y - 9}" width="12" height="12" fill="${colour(index)}"/>${text(width - right + 42, y + 2, name)}`
  })
  return picture(
    width,
    Math.max(height, top + 20 + lines.length * 20),
    title,
    [...grid, ...drawn, ...names].join(''),
  )
}
