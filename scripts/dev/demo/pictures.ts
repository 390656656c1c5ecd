import { createHash } from 'node:crypto'

const landscape = /^\/demo\/pictures\/([a-z-]{1,40})\.svg$/
const portrait = /^\/demo\/people\/([a-z-]{1,40})\.svg$/

/** Pictures of the demo, drawn from their names: a landscape of a post, initials of a person. */
export function pictureAt(path: string): Promise<Response> | undefined {
  const [, post] = landscape.exec(path) ?? []
  const [, person] = portrait.exec(path) ?? []
  const svg = post !== undefined ? drawLandscape(post) : person !== undefined ? drawPerson(person) : undefined
  return svg === undefined ? undefined : Promise.resolve(pictureResponse(svg))
}

const pictureResponse = (svg: string): Response =>
  new Response(svg, {
    headers: {
      'content-type': 'image/svg+xml',
      'content-security-policy': "default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'max-age=3600',
    },
  })

/** 32 numbers from 0 to 255 that belong to the name. */
const numbersOf = (name: string) => [...createHash('sha256').update(name).digest()]
const at = (numbers: readonly number[], index: number) => numbers[index] ?? 0

/** Hues of the sky above, of the sky at the horizon, and of the hills: a day, an evening, a winter morning, a night. */
const moods = [
  [205, 48, 105],
  [262, 24, 350],
  [198, 340, 212],
  [232, 268, 190],
] as const

function drawLandscape(name: string): string {
  const numbers = numbersOf(name)
  const [above = 0, horizon = 0, hills = 0] = moods[at(numbers, 0) % moods.length] ?? []
  const hill = (index: number) => {
    const base = 210 + index * 50
    const points = [0, 160, 320, 480, 640].map(
      (x, step) => `${x},${base - (at(numbers, 4 + index * 5 + step) / 255) * 90}`,
    )
    const [first = '', ...rest] = points
    const fill = `hsl(${hills + index * 9} 34% ${54 - index * 14}%)`
    return `<path fill="${fill}" d="M0,400 L${first} S${rest.join(' ')} L640,400 Z"/>`
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" role="img" aria-label="${name}">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop stop-color="hsl(${above} 58% 70%)"/><stop offset=".7" stop-color="hsl(${horizon} 75% 86%)"/></linearGradient></defs>
<rect width="640" height="360" fill="url(#sky)"/>
<circle cx="${90 + at(numbers, 1) * 1.8}" cy="${60 + at(numbers, 2) / 4}" r="${26 + at(numbers, 3) / 16}" fill="hsl(${horizon} 90% 94%)"/>
${[0, 1, 2].map(hill).join('\n')}
</svg>
`
}

function drawPerson(name: string): string {
  const hue = at(numbersOf(name), 0) * 1.4
  const initials = name
    .split('-')
    .map(word => word[0]?.toUpperCase())
    .slice(0, 2)
    .join('')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img" aria-label="${name}">
<circle cx="48" cy="48" r="48" fill="hsl(${hue} 45% 45%)"/>
<text x="48" y="50" font-family="system-ui, sans-serif" font-size="36" fill="#fff" text-anchor="middle" dominant-baseline="middle">${initials}</text>
</svg>
`
}
