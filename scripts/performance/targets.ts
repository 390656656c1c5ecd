import type { FunctionName } from './bench.ts'
import { type Fixture, json, postBody } from './fixture.ts'
import type { Target } from './load.ts'

export interface Route extends Omit<Target, 'port'> {
  readonly functionName: FunctionName
}

/** The main reads and writes. `etag` is that of the first post, for the answer without a body. */
export function routesOf(fixture: Fixture, etag: string): readonly Route[] {
  const { username, slugs, authorization } = fixture
  const [slug = ''] = slugs
  const reads: readonly Route[] = [
    read('posts', 'one post, cached', `/posts/${slug}`),
    { ...read('posts', 'one post, 304', `/posts/${slug}`), headers: { 'if-none-match': etag }, status: 304 },
    { ...read('posts', 'one post, each another', ''), paths: slugs.map(name => `/posts/${name}`) },
    read('posts', 'newest posts', '/posts?limit=20'),
    read('posts', 'search', '/posts?q=waves&limit=20'),
    read('profile', 'a public profile', `/profile/${username}`),
    { ...read('profile', 'own profile', '/profile'), headers: { authorization } },
    read('auth', 'key set', '/auth/.well-known/jwks.json'),
  ]
  const headers = { ...json, authorization }
  const writes: readonly Route[] = [
    {
      functionName: 'posts',
      name: 'publish a post',
      method: 'POST',
      paths: ['/posts'],
      headers,
      body: JSON.stringify(postBody('{n}')),
      status: 201,
    },
    {
      functionName: 'profile',
      name: 'change own profile',
      method: 'PATCH',
      paths: ['/profile'],
      headers: { ...headers, 'content-type': 'application/merge-patch+json', 'if-match': '*' },
      body: JSON.stringify({ bio: 'Day {n} by the sea' }),
      status: 200,
    },
  ]
  return [...reads, ...writes]
}

const read = (functionName: FunctionName, name: string, path: string): Route => ({
  functionName,
  name,
  method: 'GET',
  paths: [path],
  status: 200,
})
