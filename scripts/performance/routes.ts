import type { FunctionName } from '../../functions/registry.ts'
import type { Fixture } from './benchmark.ts'
import { json, postBody } from './fixture.ts'
import type { Route } from './http-load.ts'

/** The main reads and writes. `etag` is that of the first post, for the 304. */
export function routesOf({ username, slugs, authorization, authors }: Fixture, etag = ''): readonly Route[] {
  const read = { method: 'GET', status: 200 } as const
  const headers = { ...json, authorization }
  const publish: Omit<Route, 'name'> = {
    functionName: 'posts',
    ...{ method: 'POST', paths: ['/posts'], headers, body: JSON.stringify(postBody('{n}')), status: 201 },
  }
  const post = { functionName: 'posts', paths: [`/posts/${slugs[0]}`] } as const
  return [
    { ...read, ...post, name: 'one post, cached' },
    { ...read, ...post, name: 'one post, compressed', headers: { 'accept-encoding': 'gzip, br, zstd' } },
    { ...read, ...post, name: 'one post, 304', headers: { 'if-none-match': etag }, status: 304 },
    { ...read, ...post, name: 'one post, each another', paths: slugs.map(slug => `/posts/${slug}`) },
    { ...read, ...post, name: 'newest posts', paths: ['/posts?limit=20'] },
    { ...read, ...post, name: 'search', paths: ['/posts?q=waves&limit=20'] },
    { ...read, functionName: 'profile', name: 'a public profile', paths: [`/profile/${username}`] },
    {
      ...read,
      functionName: 'profile',
      name: 'own profile',
      paths: ['/profile'],
      headers: { authorization },
    },
    { ...read, functionName: 'auth', name: 'key set', paths: ['/auth/.well-known/jwks.json'] },
    { ...publish, name: 'publish a post' },
    { ...publish, name: 'publish, many authors', authors },
    {
      ...{
        functionName: 'profile',
        name: 'change own profile',
        method: 'PATCH',
        paths: ['/profile'],
        status: 200,
      },
      headers: { ...headers, 'content-type': 'application/merge-patch+json', 'if-match': '*' },
      body: JSON.stringify({ bio: 'Day {n} by the sea' }),
    },
  ]
}

export const readOf = (functionName: FunctionName, fixture: Fixture): Route =>
  routesOf(fixture).find(route => route.functionName === functionName && route.method === 'GET') ?? {
    ...{ functionName, name: 'health', method: 'GET', paths: [`/${functionName}/health`], status: 200 },
  }
