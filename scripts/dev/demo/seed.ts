import { ApiProblem, createClient } from '../../../functions/client/index.ts'
import { withClient } from '../../../functions/migrate/with-client.ts'
import { demoPassword, emailOf, type Person, type Post, people, posts } from './blog.ts'

type Api = ReturnType<typeof createClient>
const dayMs = 86_400_000

/** Fills an empty `make dev` with a small blog. Returns how to sign in. */
export async function seedDemo(url: string, ownerUrl: string): Promise<string> {
  const state = (await writeBlog(url, ownerUrl)) ? 'is written' : 'was there already'
  return `The demo ${state}: sign in as ${emailOf(people[0]?.username ?? '')} with the password "${demoPassword}".`
}

/**
 * Writes the blog through the API, as its people would, or what is missing of it where an earlier start was stopped. Returns
 * false where all of it exists, or where its people have other passwords by now.
 */
async function writeBlog(url: string, ownerUrl: string): Promise<boolean> {
  const anyone = createClient({ baseUrl: url })
  const slugs = new Map<string, string>()
  for (const { username: author } of people)
    for await (const { title, slug } of anyone.pages('listPosts', { query: { author } }))
      slugs.set(title, slug)
  const missing = posts.filter(({ title }) => !slugs.has(title))
  const apis = missing.length > 0 ? await signInAll(url) : undefined
  if (apis !== undefined)
    for (const post of missing.toSorted((one, other) => other.daysAgo - one.daysAgo))
      slugs.set(post.title, await publish(post, apis))
  // Each time, since the port may be another one.
  const pictures = posts.flatMap(({ title, picture }): [slug: string, picture: string][] =>
    picture === undefined ? [] : [[slugs.get(title) ?? '', `${url}/demo/pictures/${picture}.svg`]],
  )
  await addPictures(url, ownerUrl, pictures)
  return apis !== undefined
}

type ApiOf = (username: string) => Api

/** Signs in every person, who then follows the others. Returns undefined where one has another password. */
async function signInAll(url: string): Promise<ApiOf | undefined> {
  const apis = new Map<string, Api>()
  for (const person of people) {
    const api = await signIn(url, person)
    if (api === undefined) return undefined
    apis.set(person.username, api)
  }
  const apiOf: ApiOf = username => {
    const api = apis.get(username)
    if (api === undefined) throw new Error(`the demo has no ${username}`)
    return api
  }
  for (const { username, follows } of people)
    for (const followed of follows) await apiOf(username).followProfile({ path: { username: followed } })
  return apiOf
}

/** Returns undefined if the account exists and has another password. */
async function signIn(url: string, person: Person): Promise<Api | undefined> {
  const { username, displayName, bio, location } = person
  const api = createClient({ baseUrl: url })
  const credentials = { email: emailOf(username), password: demoPassword }
  try {
    await api.register({ body: { ...credentials, username } }).catch(async error => {
      if (!(error instanceof ApiProblem && error.status === 409)) throw error
      await api.logIn({ body: credentials })
    })
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return undefined
    throw error
  }
  if ((await api.getOwnProfile()).data.displayName === null)
    await api.changeOwnProfile({ body: { displayName, bio, location } })
  return api
}

async function publish(post: Post, apiOf: ApiOf): Promise<string> {
  const { author, title, body, language, tags, daysAgo, favoriteOf, comments } = post
  const publishedAt = new Date(Date.now() - daysAgo * dayMs).toISOString()
  const { data } = await apiOf(author).createPost({
    body: { title, body, language, tags: [...tags], publishedAt },
  })
  const path = { slug: data.slug }
  for (const reader of favoriteOf) await apiOf(reader).addFavoritePost({ path })
  for (const [reader, text] of comments) await apiOf(reader).createComment({ path, body: { body: text } })
  return data.slug
}

/** The API takes addresses with HTTPS alone, and `make dev` serves the pictures without. */
const addPictures = (
  url: string,
  ownerUrl: string,
  pictures: readonly (readonly [slug: string, picture: string])[],
): Promise<void> =>
  withClient(ownerUrl, async client => {
    await client.query(
      `update posts.posts set cover_image_url = picture
       from unnest($1::text[], $2::text[]) as chosen (chosen_slug, picture)
       where slug = chosen_slug`,
      [pictures.map(([slug]) => slug), pictures.map(([, picture]) => picture)],
    )
    await client.query(
      `update profile.profiles set avatar_url = $1 || username || '.svg'
       from auth.accounts where accounts.id = profiles.account_id and username = any ($2)`,
      [`${url}/demo/people/`, people.map(({ username }) => username)],
    )
  })
