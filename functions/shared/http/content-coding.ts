import { promisify } from 'node:util'

/** Content codings (RFC 9110, 8.4.1) in the order in which they are chosen if a client accepts several alike. */
export const contentCodings = ['zstd', 'br', 'gzip'] as const
export type ContentCoding = (typeof contentCodings)[number]

/** Clients send few different values, and parsing one takes longer than finding the response. */
const known = new Map<string, ContentCoding | undefined>()
const maxKnown = 100

/** The coding that a client prefers by its Accept-Encoding (RFC 9110, 12.5.3); undefined for none. */
export function preferredCoding(acceptEncoding: string | string[] | undefined): ContentCoding | undefined {
  if (typeof acceptEncoding !== 'string') return undefined
  if (known.has(acceptEncoding)) return known.get(acceptEncoding)
  const coding = parse(acceptEncoding)
  if (known.size < maxKnown) known.set(acceptEncoding, coding)
  return coding
}

/** Returns true if a client accepts this coding, for content that exists in no other. */
export const acceptsCoding = (acceptEncoding: string | undefined, coding: ContentCoding): boolean =>
  acceptEncoding !== undefined && weightsOf(acceptEncoding)(coding) > 0

function parse(acceptEncoding: string): ContentCoding | undefined {
  const weightOf = weightsOf(acceptEncoding)
  let [chosen, most]: [ContentCoding | undefined, number] = [undefined, 0]
  for (const coding of contentCodings) {
    const weight = weightOf(coding)
    if (weight > most) [chosen, most] = [coding, weight]
  }
  return chosen
}

function weightsOf(acceptEncoding: string): (coding: ContentCoding) => number {
  const weights = new Map<string, number>()
  for (const member of acceptEncoding.toLowerCase().split(',')) {
    const [coding = '', weight = ''] = member.split(';').map(part => part.trim())
    weights.set(coding, weight.startsWith('q=') ? Number(weight.slice(2)) : 1)
  }
  return coding => weights.get(coding) ?? weights.get('*') ?? 0
}

/** Compresses in the thread pool, so that no request waits. Levels that take well below a millisecond for a post. */
export async function compress(text: string, coding: ContentCoding): Promise<Uint8Array> {
  const { brotliCompress, constants, gzip, zstdCompress } = await import('node:zlib')
  switch (coding) {
    case 'zstd':
      return promisify(zstdCompress)(text)
    case 'br':
      return promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })
    case 'gzip':
      return promisify(gzip)(text)
  }
}
