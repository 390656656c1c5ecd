import type { Database, Queryable } from '../shared/postgres/database.ts'
import type { RenderMarkdown } from './markdown/render-markdown.ts'
import type { PostCache } from './posts/post-cache.ts'

/** Made once per process by compose.ts. Each use case names the members that it uses. */
export interface Dependencies {
  readonly db: Database
  /** Serves readers without a token: a replica where there is one. Never for a decision about who may do what. */
  readonly readDb: Queryable
  readonly postCache: PostCache
  readonly renderMarkdown: RenderMarkdown
  /** Starts the maintenance that is due after a write; nobody waits for it. */
  readonly startMaintenance: () => void
  /** `scope` names the list that the cursor belongs to. */
  readonly encodeCursor: (scope: string, position: readonly string[]) => string
  /** Address of the site, without a slash at its end. */
  readonly siteUrl: string
}
