// A post as a list has it, and the line below its title.
export interface PostSummary {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly excerpt: string
  readonly language: string | null
  readonly coverImageUrl: string | null
  readonly publishedAt: string
  readonly commentsCount: number
  readonly favoritesCount: number
  readonly author: { readonly username: string; readonly displayName: string | null }
}

export function byline({ author, publishedAt, favoritesCount, commentsCount }: PostSummary): string {
  const name = author.displayName ?? author.username
  return `${name} · ${publishedAt.slice(0, 10)} · ♥ ${favoritesCount} · ${commentsCount} ${commentsCount === 1 ? 'comment' : 'comments'}`
}
