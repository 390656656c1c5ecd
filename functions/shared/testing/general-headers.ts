/**
 * Header fields that `info.description` of docs/openapi.json describes once for all responses: in each response they would
 * be a third of the document. What each may contain:
 */
export const generalHeaders: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'content-security-policy': /^default-src 'none'; frame-ancestors 'none'$/,
  'strict-transport-security': /^max-age=\d+$/,
  vary: /^(?:Origin|Accept-Encoding|Accept-Encoding, Origin)$/,
  'content-encoding': /^(?:zstd|br|gzip)$/,
}

const alwaysSent = ['x-content-type-options', 'content-security-policy']

/** Fields of the message itself (RFC 9110, 8); the media type is compared with `content` of the response. */
const ofMessage = /^content-(?:type|length)$/
/** Defined by the Fetch standard; sent to the configured origins. */
const ofCors = /^access-control-(?:allow-(?:origin|methods|headers)|expose-headers|max-age)$/

/** Tells whether the contract describes this field for all responses at once. */
export const isGeneral = (name: string): boolean =>
  name in generalHeaders || ofMessage.test(name) || ofCors.test(name)

/** Returns how the general fields of a response deviate from what `info.description` says. */
export function generalViolations(headers: ReadonlyMap<string, string>): readonly string[] {
  const missing = alwaysSent.filter(name => !headers.has(name)).map(name => `the header ${name} is missing`)
  const wrong = Object.entries(generalHeaders).flatMap(([name, pattern]) => {
    const value = headers.get(name)
    return value === undefined || pattern.test(value) ? [] : [`the header ${name} has the value ${value}`]
  })
  return [...missing, ...wrong]
}
