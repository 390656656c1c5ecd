import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { isInstalled, root } from '../cluster/command.ts'
import { connectionBudgets } from './budget.ts'
import { at, isRecord, type Json } from './json.ts'
import { overlays, render, renderedFolder, sourcesFingerprint } from './rendered.ts'
import {
  clientAddressFaults,
  imageFaults,
  isFunction,
  labelFaults,
  limitFaults,
  nameOf,
  plainHttpFaults,
  probeFaults,
  securityFaults,
  volumeFaults,
} from './rules.ts'
import { schemaFaults } from './schema.ts'

const read = (overlay: string) =>
  parseAllDocuments(readFileSync(join(renderedFolder, `${overlay}.yaml`), 'utf8')).map(
    (one): Json => one.toJS(),
  )

/** Each fault with the object that has it, so that one failure shows them all. */
const faultsOf = (objects: readonly Json[], rule: (object: Json) => readonly string[]) =>
  objects.flatMap(object => rule(object).map(fault => `${nameOf(object)} ${fault}`))

test('the rendered overlays are those of the sources: otherwise run `make render`', async () => {
  expect(readFileSync(join(renderedFolder, 'sources.sha256'), 'utf8').trim()).toBe(sourcesFingerprint())
  // The fingerprint says that nothing changed since; where kubectl is, also that the rendering was true.
  if (isInstalled('kubectl')) expect(await render('phase3')).toEqual(read('phase3'))
})

describe.each(overlays)('%s', overlay => {
  const objects = read(overlay)

  test('has the three functions and what they need', () => {
    expect(objects.filter(isFunction).map(nameOf)).toEqual([
      'Service auth',
      'Service posts',
      'Service profile',
    ])
    expect(objects.map(nameOf)).toEqual(expect.arrayContaining(['Ingress api', 'Job migrate']))
  })

  test('every object is valid, strictly, by the schema of its kind', () => {
    expect(faultsOf(objects, schemaFaults)).toEqual([])
  })

  test('labels, images, security contexts, requests and limits, probes, client addresses', () => {
    const rules = [
      labelFaults,
      imageFaults,
      securityFaults,
      limitFaults,
      probeFaults,
      volumeFaults,
      clientAddressFaults,
    ]
    for (const rule of rules) expect(faultsOf(objects, rule)).toEqual([])
  })

  test('plain HTTP leads to HTTPS, except on a node port', () => {
    expect(plainHttpFaults(objects)).toEqual(overlay === 'phase1' ? ['Ingress api serves plain HTTP'] : [])
  })

  test('all instances together never want more connections than there are', () => {
    for (const { wanted, allowed } of connectionBudgets(objects)) {
      expect(wanted).toBeGreaterThan(0)
      expect(wanted).toBeLessThanOrEqual(allowed)
    }
  })
})

test('what the platform changes in Kourier keeps the addresses of clients', () => {
  const patch = readFileSync(join(root, 'knative/platform/kourier-service.yaml'), 'utf8')
  const [service] = parseAllDocuments(patch).map((one): Json => one.toJS())
  expect(
    clientAddressFaults({ ...(isRecord(service) && service), spec: { type: 'LoadBalancer' } }),
  ).toHaveLength(1)
  expect(at(service, 'spec', 'externalTrafficPolicy')).toBe('Local')
  expect(readFileSync(join(root, 'knative/platform/kustomization.yaml'), 'utf8')).toContain(
    'kourier-service.yaml',
  )
})
