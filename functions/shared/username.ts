import * as v from 'valibot'

/** NFKC and lower case: the form in which two spellings of one name or address are the same. */
export const canonical = (text: string) => text.normalize('NFKC').toLowerCase()

/** Paths of `profile` and names that would let someone pass for the service. */
const reservedUsernames = new Set([
  ...['health', 'openapi', 'me', 'followers', 'following', 'export', 'settings'],
  ...['admin', 'administrator', 'root', 'system', 'support', 'security', 'moderator', 'staff', 'api', 'www'],
  ...['auth', 'profile', 'posts', 'feed', 'null', 'undefined', 'anonymous', 'deleted'],
])

export const Username = v.pipe(
  v.string(),
  // Before the transformation: what comes after it is not part of the documented input.
  v.description('3 to 30 letters a–z and digits, with - or _ between them.'),
  v.transform(text => text.normalize('NFKC').trim()),
  v.minLength(3, 'must have at least 3 characters'),
  v.maxLength(30, 'must have at most 30 characters'),
  v.regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    'may have letters a–z, digits, and - or _ between them',
  ),
  v.check(text => !reservedUsernames.has(canonical(text)), 'is reserved'),
)

/** The key a name is looked up by; undefined for what can be nobody's name, so that it is never asked for. */
export function usernameKey(text: string): string | undefined {
  const result = v.safeParse(Username, text)
  return result.success ? canonical(result.output) : undefined
}
