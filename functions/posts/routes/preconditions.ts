import type { HttpContext } from '../../shared/http/context.ts'
import { preconditionFailed } from '../../shared/http/entity-tag.ts'
import { Problem } from '../../shared/problems.ts'

const tagOfVersion = /^"(\d+)-[\w-]+"$/

/**
 * `If-Match` on what is versioned: the version in the tag is compared and not its hash, which changes with the counts
 * that others change. 428 when the header is missing (RFC 6585, 3), 412 with the current tag when it is another version.
 */
export function requireVersion(c: HttpContext): (current: { version: number; tag: string }) => void {
  const header = c.req.header('if-match')
  if (header === undefined) {
    throw new Problem('precondition_required', 'Send If-Match with the ETag of the version you are changing.')
  }
  const tags = header.split(',').map(tag => tag.trim())
  return ({ version, tag }) => {
    const matches = tags.some(given => given === '*' || tagOfVersion.exec(given)?.[1] === String(version))
    if (!matches) throw preconditionFailed(tag)
  }
}
