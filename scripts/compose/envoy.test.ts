import { expect, test } from 'vitest'
import { pathsOf } from '../../functions/definition.ts'
import { envoyConfig } from './envoy.ts'

const names = ['oak', 'elm', 'ash', 'oaks', 'as', 'ashtrays', 'ashtray']
const functions = names.map(name => ({ name, otherPaths: name === 'ash' ? (['/docs'] as const) : [] }))

test('a path precedes those that it begins with, and the others keep their order', () => {
  expect(pathsOf(functions).map(({ path }) => path)).toEqual([
    ...['/oaks', '/oak', '/elm', '/ashtrays', '/ashtray', '/ash', '/docs', '/as'],
  ])
})

test('the proxy of compose has them in this order', () => {
  const prefixes = [...envoyConfig(functions).matchAll(/"prefix":"([^"]+)"/g)].map(([, prefix]) => prefix)
  expect(prefixes).toEqual(pathsOf(functions).map(({ path }) => path))
})
