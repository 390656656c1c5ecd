import type { createTestApp, TestAccount } from '../test-app.ts'

type Parts = Pick<Awaited<ReturnType<typeof createTestApp>>, 'createAccount' | 'write' | 'page'>

export const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** What the tests of lists read. */
export function createLibrary({ createAccount, write, page }: Parts) {
  /** Returns the slugs of all pages. */
  async function walk(path: string, limit: number, as?: TestAccount): Promise<readonly string[]> {
    const slugs: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const found = await page(
        `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`,
        as,
      )
      slugs.push(...found.items.map(item => item.slug))
      cursor = found.nextCursor
    }
    return slugs
  }

  /** An author with posts of known days, tags and languages. */
  async function library() {
    const ada = await createAccount('ada')
    const tag = `lib-${ada.username}`
    const posts = []
    for (let n = 0; n < 7; n += 1) {
      posts.push(
        await write(ada, {
          title: `Book ${n}`,
          publishedAt: daysAgo(10 - n),
          tags: n % 2 ? [tag, 'odd'] : [tag],
          language: n < 3 ? 'nl' : 'da',
        }),
      )
    }
    return { ada, tag, posts, slugs: posts.map(post => post.slug) }
  }

  return { walk, library }
}
