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

function drawLandscape(name: string): string {
  const numbers = numbersOf(name)
  const hue = at(numbers, 0) * 1.4
  const hill = (index: number) => {
    const base = 210 + index * 50
    const points = [0, 160, 320, 480, 640].map(
      (x, step) => `${x},${base - (at(numbers, 4 + index * 5 + step) / 255) * 90}`,
    )
    const [first = '', ...rest] = points
    const fill = `hsl(${hue + 30 + index * 14} 38% ${52 - index * 13}%)`
    return `<path fill="${fill}" d="M0,400 L${first} S${rest.join(' ')} L640,400 Z"/>`
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360" role="img" aria-label="${name}">
<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop stop-color="hsl(${hue + 190} 60% 72%)"/><stop offset="1" stop-color="hsl(${hue + 20} 75% 84%)"/></linearGradient></defs>
<rect width="640" height="360" fill="url(#sky)"/>
<circle cx="${90 + at(numbers, 1) * 1.8}" cy="${60 + at(numbers, 2) / 4}" r="${26 + at(numbers, 3) / 16}" fill="hsl(${hue + 40} 90% 92%)"/>
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
