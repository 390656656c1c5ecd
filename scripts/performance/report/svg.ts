const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const escapeText = (text: string) => text.replaceAll(/[&<>"]/g, character => entities[character] ?? '')

/** Colours of CSS variables that page.ts defines, for a light and a dark page. */
export const colour = (index: number) => `var(--series-${index % 14})`

export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escapeText(content)}</text>`
}

export const line = (x1: number, y1: number, x2: number, y2: number, attributes: string) =>
  `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" ${attributes}/>`

export const picture = (width: number, height: number, title: string, content: string) =>
  `<svg viewBox="0 0 ${width} ${round(height)}" role="img" aria-label="${escapeText(title)}">${content}</svg>`

export const round = (value: number) => Math.round(value * 10) / 10

/** Round numbers, about five, from 0 to at least `max`. */
export function ticksTo(max: number): readonly number[] {
  const rough = max / 5 || 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(candidate => candidate >= rough) ?? power
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, index) => index * step)
}

/** 1, 10, 100 … around the range. */
export function decades(min: number, max: number): readonly number[] {
  const first = Math.floor(Math.log10(min))
  const last = Math.ceil(Math.log10(max))
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
}

export const tickLabel = (value: number) => Number(value.toPrecision(6)).toLocaleString('en')
