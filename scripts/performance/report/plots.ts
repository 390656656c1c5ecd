import * as echarts from 'echarts'
import { median, quantile, summarize, summaryColumns } from '../statistics.ts'
import { escapeHtml, type Figure, formatCell, table } from './table.ts'

export interface Series {
  readonly name: string
  readonly samples: readonly number[]
}

interface Phases {
  readonly name: string
  readonly phases: readonly { readonly name: string; readonly ms: number }[]
}

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const width = 900
const [left, right] = [260, 90]
const maxDots = 300
/** Readable on a light page and on a dark one. */
const color =
  '#3d7fc4 #c9722b #2d8a68 #8a58b0 #b94a62 #7f8f2a #2a8c9e #8d7a62 #6b70c9 #a3871f #b85398 #5f8f3a #4a5f8a #7c7f84'.split(
    ' ',
  )
const colorOf = (n: number) => color[n % color.length] ?? ''
const axis = {
  ...{ axisLine: { show: false }, axisTick: { show: false }, nameTextStyle: { color: 'var(--soft)' } },
  axisLabel: { color: 'var(--soft)', hideOverlap: true },
  splitLine: { lineStyle: { color: 'var(--grid)' } },
}
const legend = { textStyle: { color: 'var(--ink)' }, itemWidth: 14, itemHeight: 10 }

/** One axis has the names of the rows, the other one their medians or sums. */
const rowAxes = (names: readonly string[], values: readonly number[]): echarts.YAXisComponentOption[] => {
  const labels = {
    ...axis,
    type: 'category',
    inverse: true,
    axisLabel: { color: 'var(--ink)', interval: 0 },
  } as const
  const data = values.map(value => `${formatCell(value)} ms`)
  return [
    { ...labels, data: [...names] },
    { ...labels, data, position: 'right' },
  ]
}

/** Draws an SVG whose colours follow the page, light or dark. */
function draw(title: string, height: number, option: echarts.EChartsOption): Figure {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption({ animation: false, color, ...option })
  const html = chart
    .renderToSVGString()
    .replace('<svg', `<svg role="img" aria-label="${escapeHtml(title)}"`)
    .replace(/<style[\s\S]*?<\/style>/, '')
    .replaceAll(/ (?:ecmeta_\w+|class|pointer-events)="[^"]*"/g, '')
  chart.dispose()
  return { title, html, text: '' }
}

/** One row per series with its samples, the median and the p95, and a table of the figures. */
export function distribution(title: string, series: readonly Series[]): Figure {
  const all = series.flatMap(({ samples }) => samples.filter(Number.isFinite))
  // Otherwise a slowest sample that is far from the others would squeeze them together.
  const isLogarithmic = quantile(all, 0) > 0 && quantile(all, 1) > 12 * median(all)
  const mark = (q: number, symbolSize: number[]): echarts.ScatterSeriesOption => ({
    ...{ type: 'scatter', symbol: 'rect', symbolSize, itemStyle: { color: 'var(--ink)' } },
    data: series.map(({ samples }, row) => [quantile(samples, q), row]),
  })
  const dots = series.map(
    ({ samples }, row): echarts.ScatterSeriesOption => ({
      ...{ type: 'scatter', symbolSize: 4, itemStyle: { opacity: 0.45 } },
      // Their height has no meaning: it keeps equal samples apart.
      data: thinOut(samples).map((sample, n) => ({
        ...{ value: [sample, row], symbolOffset: [0, (((n * 7) % 11) - 5) * 1.1] },
      })),
    }),
  )
  const names = series.map(({ name }) => name)
  const plot = draw(title, series.length * 30 + 40, {
    grid: { left, right, top: 8, bottom: 32 },
    xAxis: { ...axis, type: isLogarithmic ? 'log' : 'value' },
    yAxis: rowAxes(
      names,
      series.map(({ samples }) => median(samples)),
    ),
    series: [...dots, mark(0.5, [2.5, 18]), mark(0.95, [1.2, 12])],
  })
  const rows = series.map(({ name, samples }) => [name, ...summarize(samples)])
  return { ...plot, html: plot.html + table(title, ['', ...summaryColumns('ms')], rows).html }
}

/** Chooses evenly among the sorted samples when there are many. */
function thinOut(samples: readonly number[]): readonly number[] {
  const sorted = samples.filter(Number.isFinite).toSorted((a, b) => a - b)
  const step = Math.max(1, sorted.length / maxDots)
  return sorted.filter((_, n) => n === sorted.length - 1 || Math.floor(n / step) < Math.floor((n + 1) / step))
}

/** Consecutive phases of each row, in the order of the row. */
export function timeline(title: string, rows: readonly Phases[]): Figure {
  const names = [...new Set(rows.flatMap(({ phases }) => phases.map(({ name }) => name)))]
  const sums = rows.map(({ phases }) => phases.reduce((sum, { ms }) => sum + ms, 0))
  const legendHeight = Math.ceil(names.length / 4) * 18
  // Empty where the bar is too short for its label.
  const formatter = ({ value }: { value?: unknown }) =>
    Number(value) > 0.06 * Math.max(...sums) ? formatCell(Number(value)) : ''
  // A stack has the order of its series, so there is one for each position, and an empty one for each entry of the legend.
  const positions = Array.from({ length: Math.max(...rows.map(({ phases }) => phases.length)) }, (_, n) => n)
  const bars = positions.map(position => ({
    ...({
      type: 'bar',
      stack: 'phases',
      barWidth: 24,
      label: { show: true, color: '#fff', formatter },
    } as const),
    data: rows.map(({ phases }) => ({
      value: phases[position]?.ms ?? 0,
      itemStyle: { color: colorOf(names.indexOf(phases[position]?.name ?? '')) },
    })),
  }))
  const entries = names.map((name, n) => ({ name, type: 'bar', stack: 'phases', color: colorOf(n) }) as const)
  return draw(title, rows.length * 34 + 40 + legendHeight, {
    grid: { left, right, top: 8, bottom: 32 + legendHeight },
    legend: { ...legend, data: names, bottom: 0 },
    xAxis: { ...axis, type: 'value', axisLabel: { color: 'var(--soft)', formatter: '{value} ms' } },
    yAxis: rowAxes(
      rows.map(({ name }) => name),
      sums,
    ),
    series: [...bars, ...entries],
  })
}

export function curve(
  title: string,
  axes: { readonly x: string; readonly y: string; readonly scale: 'value' | 'log' },
  lines: readonly Line[],
): Figure {
  return draw(title, Math.max(300, 40 + lines.length * 24), {
    grid: { left: 60, right: 300, top: 30, bottom: 48 },
    legend: { ...legend, type: 'plain', orient: 'vertical', left: width - 280, top: 20 },
    xAxis: { ...axis, type: axes.scale, name: axes.x, nameLocation: 'middle', nameGap: 30 },
    yAxis: { ...axis, type: 'value', name: axes.y },
    series: lines.map(({ name, points }) => ({
      ...{ name, type: 'line', symbol: 'circle', symbolSize: 6 },
      data: points.map(point => [...point]),
    })),
  })
}
