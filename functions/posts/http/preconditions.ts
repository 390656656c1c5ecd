import { preconditionFailed } from '../../shared/http/entity-tag.ts'
import type { AssertVersion } from '../posts/owned-post.ts'

/** `"<version>-<id>"`, as in the member `version`, or the whole tag with the hash of the representation. */
const versionInTag = /^"(\d+-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})(?:-[\w-]+)?"$/

const versionOf = (tag: string): string | undefined => versionInTag.exec(tag)?.[1]

/**
 * Compares If-Match with what is versioned: version and id, not the hash, which changes with the counts that others
 * change. Throws 412 with the current tag for another version.
 */
export const versionAssertion =
  (ifMatch: readonly string[]): AssertVersion =>
  ({ tag }) => {
    const version = versionOf(tag)
    const isCurrent = (sent: string) => sent === '*' || versionOf(sent) === version
    if (version === undefined || !ifMatch.some(isCurrent)) throw preconditionFailed(tag, ifMatch)
  }
