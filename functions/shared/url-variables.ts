import * as v from 'valibot'

/** `postgres:///iod` names a socket, and `console:` no server. Without a host, the others would reach this machine or nothing. */
const needsNoHost = /^(?:postgres(?:ql)?|console):$/

/**
 * Of a scheme that is not HTTP's, almost any text counts as a host: `$(HOST)`, or two of them with a comma between. Postgres
 * takes the folder of a socket too, with each / written as %2F.
 */
const host = /^(?:[\w.-]+|\[[\da-f:.]+\]|%2f[\w.%-]+)?$/i

/** As `URL.parse`, which Node 20 lacks: secrets.mjs of a release runs there. */
const parse = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null)

/** A further check of what is a URL: of another text, the first fault is enough. */
export const ofUrl = (isRight: (url: URL) => boolean, message: string) =>
  v.check<string, string>(text => {
    const parsed = parse(text)
    return parsed === null || isRight(parsed)
  }, message)

export const url = (...schemes: string[]) =>
  v.pipe(
    v.string('is missing'),
    v.check(
      text => {
        const parsed = parse(text)
        // In small letters: with `REDISS:` its client would use no TLS.
        if (parsed === null || !schemes.some(scheme => text.startsWith(`${scheme}:`))) return false
        return parsed.hostname !== '' || needsNoHost.test(parsed.protocol)
      },
      ({ input }) =>
        `must be a URL (${schemes.join(', ')}) with its host${input.includes('@') ? '; in a password # / ? are written as %23 %2F %3F' : ''}`,
    ),
    ofUrl(({ hostname }) => host.test(hostname), 'must name one host'),
    // Clients decode these when they connect: one of them would fail without a word about the variable.
    ofUrl(
      ({ username, password, pathname }) => [username, password, pathname].every(isDecodable),
      'must have each % in its user, password and path written as %25',
    ),
  )

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** A path that is no number ends the process with the first connection. */
export const redisUrl = v.pipe(
  url('redis', 'rediss'),
  ofUrl(({ pathname }) => /^\/?\d{0,5}$/.test(pathname), 'must have no path but the number of a database'),
)

/** An address that a path is added to. */
export const base = v.pipe(
  url('http', 'https'),
  ofUrl(({ search, hash }) => search === '' && hash === '', 'must have neither query nor fragment'),
  v.transform(text => text.replace(/\/+$/, '')),
)
