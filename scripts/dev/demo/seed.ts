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

/** Writes the blog through the API, as its people would. Returns false where it exists. */
async function writeBlog(url: string, ownerUrl: string): Promise<boolean> {
  const apis = new Map<string, Api>()
  for (const person of people) {
    const api = await register(url, person)
    if (api === undefined) return false
    apis.set(person.username, api)
  }
  const apiOf = (username: string): Api => {
    const api = apis.get(username)
    if (api === undefined) throw new Error(`the demo has no ${username}`)
    return api
  }
  for (const { username, follows } of people)
    for (const followed of follows) await apiOf(username).followProfile({ path: { username: followed } })
  const pictures: [slug: string, picture: string][] = []
  for (const post of posts.toSorted((one, other) => other.daysAgo - one.daysAgo)) {
    const slug = await publish(post, apiOf)
    if (post.picture !== undefined) pictures.push([slug, `${url}/demo/pictures/${post.picture}.svg`])
  }
  await addPictures(url, ownerUrl, pictures)
  return true
}

/** Returns undefined if the account exists. */
async function register(url: string, person: Person): Promise<Api | undefined> {
  const { username, displayName, bio, location } = person
  const api = createClient({ baseUrl: url })
  try {
    await api.register({ body: { email: emailOf(username), username, password: demoPassword } })
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 409) return undefined
    throw error
  }
  await api.changeOwnProfile({ body: { displayName, bio, location } })
  return api
}

async function publish(post: Post, apiOf: (username: string) => Api): Promise<string> {
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
