// The components that `make deploy` adds where an option asks for them, on the environments that may have them; and the one
// that no overlay lists.
import { expect, test } from 'vitest'
import { functionNames, functions } from '../../functions/registry.ts'
import { unreachableTarget } from '../../functions/unreachable-target.ts'
import { togetherEnvironment } from '../build/together.ts'
import { isInstalled } from '../cluster/command.ts'
import { connectionBudgets } from '../manifests/budget.ts'
import { at, type Json, list, text } from '../manifests/json.ts'
import { keptOverlays, readRendered } from '../manifests/rendered.ts'
import { faultsOf, isFunction, nameOf, podSpec } from '../manifests/rules.ts'
import { typeFaults } from '../manifests/type-faults.ts'
import { asksForFastStart } from './fast-start.ts'
import { environments, namespaceOf, renderOverlay } from './overlay.ts'

/** Renders environments with the component; none where kubectl is missing. */
const renderWith = (component: string, overlays: readonly string[] = environments) =>
  Promise.all(
    (isInstalled('kubectl') ? overlays : []).map(async overlay => {
      const options = { overlay, registry: 'registry.example.test', tag: 'release' }
      return [overlay, await renderOverlay({ ...options, components: [component] })] as const
    }),
  )

// All at once, as several commands may render the same environment at the same time.
const [withFastStart, withNeighbours, together, withArchive] = await Promise.all([
  renderWith('fast-start'),
  renderWith('neighbours'),
  renderWith('together', ['kind', 'phase3', 'behind-gateway']),
  renderWith('scheduled-backup', ['kind']),
])

test('every object is valid by the type of its kind', async () => {
  const rendered = [...withFastStart, ...withNeighbours, ...together, ...withArchive]
  expect(await typeFaults(rendered.flatMap(([, objects]) => objects))).toEqual([])
})

test.each(withFastStart)('fast-start runs every function of %s in crun, and nothing else', (_, objects) => {
  expect(objects.filter(asksForFastStart).map(nameOf)).toEqual(objects.filter(isFunction).map(nameOf))
  expect(objects.map(nameOf)).toContain('RuntimeClass crun')
})

test.each(withArchive)('the daily archive of %s breaks no rule', (_, objects) => {
  const archive = objects.find(object => nameOf(object) === 'CronJob backup')
  // An overlay that lists the component adds its labels.
  expect(faultsOf([archive ?? null]).filter(fault => !fault.includes(' lacks the label '))).toEqual([])
})

test.each(withArchive)('the daily archive of %s connects as the migration does', (_, objects) => {
  const archive = objects.find(object => nameOf(object) === 'CronJob backup')
  const variables = list(podSpec(archive ?? null), 'containers').flatMap(one => list(one, 'env'))
  const ofMigration = variables.filter(one => text(one, 'valueFrom', 'secretKeyRef', 'name') === 'migrate')
  expect(ofMigration.map(one => text(one, 'name'))).toEqual(['DATABASE_URL', 'DATABASE_CA'])
})

const gatewayPort = 8081

const variablesOf = (service: Json | undefined) =>
  list(service, 'spec', 'template', 'spec', 'containers', 0, 'env')

/** What the functions of an overlay are told. */
const urlsOf = (objects: readonly Json[]) =>
  objects
    .filter(isFunction)
    .flatMap(variablesOf)
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

test.each(withNeighbours)(
  'neighbours tells each function of %s where the others are, in its namespace, and opens the way where policies close it',
  (_, objects) => {
    const others = (name: string) => functionNames.filter(other => other !== name).join(',')
    const domain = `${namespaceOf(objects)}.svc.cluster.local`
    const expected = functionNames.map(name => `http://{${others(name)}}.${domain}`)
    expect(urlsOf(objects).toSorted()).toEqual(expected.toSorted())
    const hasPolicies = objects.some(object => nameOf(object) === 'NetworkPolicy functions-to-data')
    expect(policiesToGateway(objects)).toEqual(hasPolicies ? ['NetworkPolicy functions-to-data'] : [])
  },
)

test.each(keptOverlays)('%s without neighbours tells no function where the others are', overlay => {
  const plain = readRendered(overlay)
  expect(urlsOf(plain)).toEqual([])
  expect(policiesToGateway(plain)).toEqual([])
})

test.each(together)(
  'together puts the functions of %s into one Service, and nothing else refers to them',
  (_, objects) => {
    const services = objects.filter(isFunction)
    expect(services.map(nameOf)).toEqual(['Service together'])
    expect(text(services[0], 'spec', 'template', 'spec', 'containers', 0, 'image')).toBe(
      'registry.example.test/iod-together:release',
    )
    const host = objects.find(object => nameOf(object) === 'Ingress api')
    const paths = list(host, 'spec', 'rules', 0, 'http', 'paths')
    for (const { name, otherPaths } of functions)
      expect(paths.map(path => text(path, 'path'))).toEqual(
        expect.arrayContaining([`/${name}`, ...otherPaths]),
      )
    for (const path of paths) {
      expect(text(path, 'splits', 0, 'serviceName')).toBe('together')
      expect(text(path, 'rewriteHost')).toMatch(/^together\./)
    }
    // Labels of pods, in budgets and policies.
    const labels = JSON.stringify(objects).match(/"serving\.knative\.dev\/service":"[^"]+"/g) ?? []
    expect(labels.filter(label => !label.includes('"together"'))).toEqual([])
    expect(faultsOf(services)).toEqual([])
    for (const { wanted, allowed } of connectionBudgets(objects)) {
      expect(wanted).toBeGreaterThan(0)
      expect(wanted).toBeLessThanOrEqual(allowed)
    }
  },
)

test.each(together)(
  'together gives the Service of %s every variable that the process reads from Secrets',
  (_, objects) => {
    const given = variablesOf(objects.find(isFunction)).map(one => text(one, 'name'))
    const shared = Object.keys(unreachableTarget.settings)
    const wanted = Object.keys(togetherEnvironment(unreachableTarget)).filter(name => !shared.includes(name))
    expect(given).toEqual(expect.arrayContaining(wanted))
  },
)
