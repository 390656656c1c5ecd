import { expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { parseOptions, UsageError, yesOrNo } from '../cli/options.ts'
import { isInstalled } from '../cluster/command.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { keptOverlays, readRendered } from '../manifests/rendered.ts'
import { isFunction, nameOf } from '../manifests/rules.ts'
import { typeFaults } from '../manifests/type-faults.ts'
import { environments, namespaceOf, renderOverlay } from './overlay.ts'

const options = { registry: 'registry.example.test', tag: 'release' }
const gatewayPort = 8081

/** What the functions of an overlay are told, in the order of their names. */
const urlsOf = (objects: readonly Json[]) =>
  objects
    .filter(isFunction)
    .flatMap(object => list(object, 'spec', 'template', 'spec', 'containers', 0, 'env'))
    .filter(variable => text(variable, 'name') === 'NEIGHBOUR_URLS')
    .map(variable => text(variable, 'value'))

/** The policies that let a pod reach the gateway from inside. */
const policiesToGateway = (objects: readonly Json[]) =>
  objects
    .filter(object => text(object, 'kind') === 'NetworkPolicy')
    .filter(object =>
      list(object, 'spec', 'egress').some(rule =>
        list(rule, 'ports').some(entry => at(entry, 'port') === gatewayPort),
      ),
    )
    .map(nameOf)

const rendered = await Promise.all(
  (isInstalled('kubectl') ? environments : []).map(
    async overlay =>
      [overlay, await renderOverlay({ ...options, overlay, components: ['neighbours'] })] as const,
  ),
)

test.each(rendered)(
  'the component tells each function of %s where the others are, in its namespace, and opens the way where policies close it',
  (_, objects) => {
    const namespace = namespaceOf(objects)
    const others = (name: string) => functionNames.filter(other => other !== name).join(',')
    const expected = functionNames.map(name => `http://{${others(name)}}.${namespace}.svc.cluster.local`)
    expect(urlsOf(objects).toSorted()).toEqual(expected.toSorted())
    const hasPolicies = objects.some(object => nameOf(object) === 'NetworkPolicy functions-to-data')
    expect(policiesToGateway(objects)).toEqual(hasPolicies ? ['NetworkPolicy functions-to-data'] : [])
  },
)

test('every object is valid by the type of its kind', async () => {
  expect(await typeFaults(rendered.flatMap(([, objects]) => objects))).toEqual([])
})

test.each(keptOverlays)('%s tells no function where the others are', overlay => {
  const plain = readRendered(overlay)
  expect(urlsOf(plain)).toEqual([])
  expect(policiesToGateway(plain)).toEqual([])
})

test.each([
  ['', false],
  ['no', false],
  ['yes', true],
])('NEIGHBOURS=%s is %s', (value, isOn) => {
  expect(parseOptions({ NEIGHBOURS: yesOrNo }, { NEIGHBOURS: value })).toEqual({ NEIGHBOURS: isOn })
})

test('any other value of NEIGHBOURS is refused, as true would be read as no', () => {
  const parse = () => parseOptions({ NEIGHBOURS: yesOrNo }, { NEIGHBOURS: 'true' })
  expect(parse).toThrow(new UsageError('NEIGHBOURS is yes or no, not true.'))
})
