import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { root } from '../cluster/command.ts'
import { functionsNamedIn, secondLists } from './second-lists.ts'

/** Why these files name several functions. */
const allowed: Readonly<Record<string, string>> = {
  'functions/registry.ts': 'the list itself',
  'functions/whole-system-tests/exported-fields.test.ts':
    'compares the export of an account with the fields of others',
  'functions/whole-system-tests/redis-access.test.ts':
    'shows what one function may not do to the keys of another',
  'functions/shared/revocations.test.ts': 'a session that one function ends is refused by another',
  'functions/shared/username.ts':
    'words that no username may be; a bundle has them, so no registry can give them',
  'functions/whole-system-tests/statements.test.ts': 'counts the statements of particular requests',
  'knative/components/disruption-budgets/functions.yaml': 'written by `make render` from the registry',
  'knative/components/neighbours/functions/kustomization.yaml': 'written by `make render` from the registry',
  'knative/components/together/kustomization.yaml': 'written by `make render` from the registry',
  'knative/functions/kustomization.yaml': 'written by `make render` from the registry',
  'scripts/dev/router.test.ts': 'routes to two functions',
  'scripts/layers/layers.test.ts': 'plants imports of one function in another',
  'scripts/manifests/alerts.promtool.yaml': 'samples of metrics, which promtool reads as they are',
  'scripts/performance/fixture.ts': 'makes an account and posts of it through the API',
  'scripts/performance/routes.ts': 'the requests that are measured',
  'scripts/performance/wake/variants.ts': 'the requests that wake a function',
  'scripts/registry/second-lists.test.ts': 'plants second lists',
}

const found = secondLists()

test('no code but the registry lists the functions', () => {
  expect(found.filter(path => allowed[path] === undefined)).toEqual([])
})

test('every exception is one still', () => {
  expect(Object.keys(allowed).filter(path => !found.includes(path))).toEqual([])
})

test('the folders with a function.ts are the registered functions', () => {
  const folders = readdirSync(join(root, 'functions')).filter(name =>
    existsSync(join(root, 'functions', name, 'function.ts')),
  )
  expect(folders.toSorted()).toEqual(functionNames.toSorted())
})

it.each([
  ['scripts/a.ts', "const names = ['auth', 'posts']"],
  ['scripts/a.ts', "import { posts } from '../functions/posts/function.ts'\nawait run('iod_auth')"],
  ['scripts/a.ts', '{ iod_profile: 1, iod_posts: 2 }'],
  ['kind/a.sh', 'functions=(auth profile posts)'],
  ['knative/a.yaml', 'services: [auth, posts]'],
  ['compose.yaml', 'services:\n  auth:\n    image: a\n  profile:\n'],
])('finds the second list in %s: %s', (path, text) => {
  expect(functionsNamedIn(path, text).length).toBeGreaterThan(1)
})

it.each([
  ['scripts/a.ts', "await ask('POST', '/auth/login'); await ask('GET', '/posts/tags') // auth, posts"],
  ['knative/auth.yaml', '# As for posts.\nname: auth'],
])('finds none in %s: %s', (path, text) => {
  expect(functionsNamedIn(path, text).length).toBeLessThan(2)
})
