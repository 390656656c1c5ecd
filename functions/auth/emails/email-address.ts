import { domainToASCII } from 'node:url'
import * as v from 'valibot'

/** RFC 5321, 4.5.3.1: of the part before the @, and of what fits into a path with its angle brackets. */
const maxLocalLength = 64
const maxLength = 254

/** The local parts that browsers accept (HTML, "valid email address"), with the dots of RFC 5322's dot-atom. */
const localPart = /^[\w!#$%&'*+/=?^`{|}~.-]+$/
const misplacedDot = /^\.|\.\.|\.$/
/** RFC 1123, 2.1; the last label of a public name is never a number. */
const label = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i
const lastLabel = /^[a-z].*[a-z\d]$/i
/** Anything else could end the host in the URL that `domainToASCII` makes of it. */
const internationalName = /^(?:[a-z\d.-]|[^\0-\x7F])*$/i

/** Returns the address in NFKC, trimmed, its domain as in DNS (`xn--…`). Text that is not an address causes no error. */
function normalizeEmail(text: string): string {
  const email = text.normalize('NFKC').trim()
  const at = email.lastIndexOf('@') + 1
  const domain = email.slice(at)
  if (!hasOtherThanAscii(domain) || !internationalName.test(domain)) return email
  return email.slice(0, at) + (domainToASCII(domain) || domain)
}

/** Returns the key that all spellings of an address share, by which its account is found. */
export const emailKey = (text: string): string => normalizeEmail(text).toLowerCase()

/**
 * Returns the key of a mailbox, by which the emails sent to it are limited: most servers deliver `ada+any@` to `ada@`, and
 * Gmail ignores dots. Tagged addresses share a budget apart from the plain address, so that a stranger who registers
 * `ada+x@` does not use up the budget of `ada@`.
 */
export function mailboxKey(text: string): string {
  const key = emailKey(text)
  const at = key.lastIndexOf('@')
  const [local = '', tag] = key.slice(0, at).split(/\+(.*)/s)
  const domain = key.slice(at + 1).replace(/^googlemail\.com$/, 'gmail.com')
  const plain = domain === 'gmail.com' ? local.replaceAll('.', '') : local
  return `${plain}${tag === undefined ? '' : '+'}@${domain}`
}

const hasOtherThanAscii = (text: string) => /[^\0-\x7F]/.test(text)

function isDomain(domain: string): boolean {
  const labels = domain.split('.')
  return labels.length > 1 && labels.every(part => label.test(part)) && lastLabel.test(labels.at(-1) ?? '')
}

function isAddress(text: string): boolean {
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  return localPart.test(local) && !misplacedDot.test(local) && isDomain(text.slice(at + 1))
}

export const Email = v.pipe(
  v.string(),
  v.metadata({ format: 'email' }),
  v.description('An email address as browsers accept it: at most 254 characters, 64 of them before the @.'),
  // Before and after the transformation, which can lengthen the text.
  v.maxLength(maxLength, `must have at most ${maxLength} characters`),
  v.transform(normalizeEmail),
  v.maxLength(maxLength, `must have at most ${maxLength} characters`),
  v.check(isAddress, 'must be an email address'),
  v.check(
    text => text.lastIndexOf('@') <= maxLocalLength,
    `must have at most ${maxLocalLength} characters before the @`,
  ),
)
