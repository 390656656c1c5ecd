import type { HttpContext } from '../../shared/http/context.ts'
import { preconditionFailed } from '../../shared/http/entity-tag.ts'
import { Problem } from '../../shared/problems.ts'

/** `"<version>-<id>"`, as the member `version` says it, or the whole tag with the hash of the representation. */
const versionInTag = /^"(\d+-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:-[\w-]+)?"$/

const versionOf = (tag: string): string | undefined => versionInTag.exec(tag)?.[1]

/**
 * `If-Match` on what is versioned: version and id are compared, and not the hash, which changes with the counts that
 * others change. 428 when the header is missing (RFC 6585, 3), 412 with the current tag when it is another version.
 */
export function requireVersion(c: HttpContext): (current: { readonly tag: string }) => void {
  const header = c.req.header('if-match')
  if (header === undefined) {
    throw new Problem('precondition_required', 'Send If-Match with the ETag of the version you are changing.')
  }
  const tags = header.split(',').map(tag => tag.trim())
  return ({ tag }) => {
    const version = versionOf(tag)
    const isCurrent = (given: string) => given === '*' || versionOf(given) === version
    if (version === undefined || !tags.some(isCurrent)) throw preconditionFailed(tag, tags)
  }
}
