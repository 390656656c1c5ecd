import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { functionNames } from '../../functions/registry.ts'
import { isInstalled } from '../cluster/command.ts'
import { fromYaml } from '../cluster/kubectl.ts'
import { asksForFastStart } from '../release/fast-start.ts'
import { connectionBudgets } from './budget.ts'
import { functionManifests } from './function-manifests.ts'
import { at, type Json, list, record, text } from './json.ts'
import {
  fingerprintFile,
  keptOverlays,
  manifestsFolder,
  overlays,
  readRendered,
  render,
  sourcesFingerprint,
} from './rendered.ts'
import { clientAddressFaults, faultsOf, isFunction, nameOf, plainHttpFaults } from './rules.ts'
import { typeFaults } from './type-faults.ts'
import { unreadSettings } from './unread-settings.ts'

test('the generated manifests are those of the registry: otherwise run `make render`', () => {
  for (const [path, content] of functionManifests()) {
    expect(readFileSync(join(manifestsFolder, path), 'utf8'), path).toBe(content)
  }
})

test('the kept renderings are those of the sources: otherwise run `make render`', async () => {
  expect(readFileSync(fingerprintFile, 'utf8').trim()).toBe(sourcesFingerprint())
  if (!isInstalled('kubectl')) return
  for (const overlay of keptOverlays) expect(await render(overlay)).toEqual(readRendered(overlay))
})

// The others are rendered here, so they are checked where kubectl is installed.
const checkedOverlays = isInstalled('kubectl') ? overlays : keptOverlays

const objectsOf = new Map(
  await Promise.all(
    checkedOverlays.map(async overlay => {
      const objects = keptOverlays.includes(overlay) ? readRendered(overlay) : await render(overlay)
      return [overlay, objects] as const
    }),
  ),
)

test('every object is valid, strictly, by the type of its kind', async () => {
  expect(await typeFaults([...objectsOf.values()].flat())).toEqual([])
})

describe.each([...objectsOf])('%s', (overlay, objects) => {
  test('has every function and what it needs', () => {
    expect(objects.filter(isFunction).map(nameOf)).toEqual(
      functionNames.map(name => `Service ${name}`).sort(),
    )
    const host = objects.find(object => nameOf(object) === 'Ingress api')
    const paths = list(host, 'spec', 'rules', 0, 'http', 'paths').map(path => text(path, 'path'))
    expect(paths).toEqual(expect.arrayContaining(functionNames.map(name => `/${name}`)))
    expect(objects.map(nameOf)).toContain('Job migrate')
  })

  test('the gateway sends reads again, and nothing else', () => {
    const host = objects.find(object => nameOf(object) === 'Ingress api')
    const paths = list(host, 'spec', 'rules', 0, 'http', 'paths')
    const isRetried = (path: Json) => at(path, 'appendHeaders', 'x-envoy-retry-on') !== undefined
    const methodOf = (path: Json) => text(path, 'headers', ':method', 'exact')
    for (const name of functionNames) {
      const own = paths.filter(path => text(path, 'path') === `/${name}`)
      expect(own.map(methodOf)).toEqual(['GET', 'HEAD', undefined])
      expect(own.map(isRetried)).toEqual([true, true, false])
    }
    expect(paths.filter(isRetried).map(methodOf)).toEqual(expect.not.arrayContaining([undefined]))
  })

  test('labels, images, security contexts, requests and limits, probes, client addresses', () => {
    expect(faultsOf(objects)).toEqual([])
  })

  test('a function reads each of the settings', () => {
    expect(unreadSettings(objects)).toEqual([])
  })

  test('the functions run in the default runtime', () => {
    expect(objects.filter(asksForFastStart)).toEqual([])
  })

  test('plain HTTP leads to HTTPS, except on a node port', () => {
    expect(plainHttpFaults(objects)).toEqual(overlay === 'phase1' ? ['Ingress api serves plain HTTP'] : [])
  })

  test('all instances together never need more connections than there are', () => {
    for (const { wanted, allowed, from } of connectionBudgets(objects)) {
      expect(wanted).toBeGreaterThan(0)
      expect(
        wanted,
        `more functions need more from ${from}: docs/operations.md has the rule`,
      ).toBeLessThanOrEqual(allowed)
    }
  })
})

test("the platform's patch of Kourier's Service keeps the addresses of clients", () => {
  const patch = readFileSync(join(manifestsFolder, 'platform/kourier-service.yaml'), 'utf8')
  const [service] = fromYaml(patch)
  expect(clientAddressFaults({ ...record(service), spec: { type: 'LoadBalancer' } })).toHaveLength(1)
  expect(at(service, 'spec', 'externalTrafficPolicy')).toBe('Local')
  expect(readFileSync(join(manifestsFolder, 'platform/kustomization.yaml'), 'utf8')).toContain(
    'kourier-service.yaml',
  )
})

test("the alert on a full disk has the size of the instances' volumes", () => {
  const read = (path: string) => readFileSync(join(manifestsFolder, 'components', path), 'utf8')
  const [cluster] = fromYaml(read('postgres-ha/cluster.yaml'))
  const size = /^(\d+)Gi$/.exec(text(cluster, 'spec', 'storage', 'size') ?? '')?.[1]
  expect(read('monitoring/prometheus/alerts.yaml')).toContain(`> 0.8 * ${size} * 2 ^ 30`)
})
