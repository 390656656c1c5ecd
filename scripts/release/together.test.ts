import { expect, test } from 'vitest'
import { functions } from '../../functions/registry.ts'
import { unreachableTarget } from '../../functions/unreachable-target.ts'
import { togetherEnvironment } from '../build/together.ts'
import { isInstalled } from '../cluster/command.ts'
import { connectionBudgets } from '../manifests/budget.ts'
import { at, list, text } from '../manifests/json.ts'
import {
  imageFaults,
  isFunction,
  labelFaults,
  limitFaults,
  nameOf,
  probeFaults,
  securityFaults,
} from '../manifests/rules.ts'
import { typeFaults } from '../manifests/type-faults.ts'
import { renderOverlay } from './overlay.ts'

const options = { registry: 'registry.example.test', tag: 'release' }

const rendered = await Promise.all(
  (isInstalled('kubectl') ? (['kind', 'phase3', 'behind-gateway'] as const) : []).map(
    async overlay =>
      [overlay, await renderOverlay({ ...options, overlay, components: ['together'] })] as const,
  ),
)

test.each(rendered)(
  'the component puts the functions of %s into one Service, and nothing else refers to them',
  (_, objects) => {
    const services = objects.filter(isFunction)
    expect(services.map(nameOf)).toEqual(['Service together'])
    expect(text(services[0], 'spec', 'template', 'spec', 'containers', 0, 'image')).toBe(
      'registry.example.test/iod-together:release',
    )
    const paths = list(
      objects.find(object => nameOf(object) === 'Ingress api'),
      'spec',
      'rules',
      0,
      'http',
      'paths',
    )
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
    for (const rule of [labelFaults, imageFaults, securityFaults, limitFaults, probeFaults])
      expect(services.flatMap(rule)).toEqual([])
    for (const { wanted, allowed } of connectionBudgets(objects)) {
      expect(wanted).toBeGreaterThan(0)
      expect(wanted).toBeLessThanOrEqual(allowed)
    }
  },
)

test('every object is valid by the type of its kind', async () => {
  expect(await typeFaults(rendered.flatMap(([, objects]) => objects))).toEqual([])
})

test.each(rendered)(
  'the Service of %s has every variable that the process reads from Secrets',
  (_, objects) => {
    const container = at(objects.find(isFunction), 'spec', 'template', 'spec', 'containers', 0)
    const given = list(container, 'env').map(one => text(one, 'name'))
    const shared = Object.keys(unreachableTarget.settings)
    const wanted = Object.keys(togetherEnvironment(unreachableTarget)).filter(name => !shared.includes(name))
    expect(given).toEqual(expect.arrayContaining(wanted))
  },
)
