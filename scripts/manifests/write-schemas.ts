// Writes schemas.json, what the manifests are checked against: the kinds they use, closed against unknown members.
//   node scripts/manifests/write-schemas.ts SWAGGER CRDS...
// SWAGGER is api/openapi-spec/swagger.json of kubernetes/kubernetes; CRDS are serving-crds.yaml of Knative (both at
// the versions of kind/versions.env), and the definitions of cert-manager and of the Gateway API.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { at, isRecord, type Json, type JsonRecord } from './json.ts'

/** group/version/Kind, as in an object's apiVersion and kind. */
const builtIn = [
  'v1/ConfigMap',
  'v1/Namespace',
  'v1/Service',
  'v1/ServiceAccount',
  'apps/v1/Deployment',
  'apps/v1/StatefulSet',
  'batch/v1/Job',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
  'rbac.authorization.k8s.io/v1/Role',
  'rbac.authorization.k8s.io/v1/RoleBinding',
]
const custom = [
  'serving.knative.dev/v1/Service',
  'networking.internal.knative.dev/v1alpha1/Ingress',
  'cert-manager.io/v1/Certificate',
  'gateway.networking.k8s.io/v1/HTTPRoute',
]

const prefix = '#/definitions/'

/** The schema without prose, and with every object that lists its members closed. */
function strict(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(strict)
  if (!isRecord(schema)) return schema
  const { $ref } = schema
  if (typeof $ref === 'string') return { $ref: `${prefix}${shortName($ref.slice(prefix.length))}` }
  if (schema['x-kubernetes-int-or-string'] === true || schema['format'] === 'int-or-string')
    return { type: ['integer', 'string'] }
  const result: JsonRecord = {}
  for (const [key, value] of Object.entries(schema)) {
    if (['description', 'default', 'example', 'format', 'title'].includes(key) || key.startsWith('x-'))
      continue
    result[key] = key === 'properties' && isRecord(value) ? mapValues(value, strict) : strict(value)
  }
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true
  if (isRecord(schema['properties']) && !open && !('additionalProperties' in schema))
    result['additionalProperties'] = false
  return result
}

const mapValues = (record: JsonRecord, change: (value: Json) => Json): JsonRecord =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

const shortName = (name: string) => name.split('.').slice(-3).join('.')

function fromSwagger(file: string, into: JsonRecord): JsonRecord {
  const definitions = at(JSON.parse(readFileSync(file, 'utf8')), 'definitions')
  if (!isRecord(definitions)) throw new Error(`${file} has no definitions`)
  const kinds: JsonRecord = {}
  const add = (name: string) => {
    const short = shortName(name)
    if (short in into) return
    const definition = definitions[name]
    if (definition === undefined) throw new Error(`${file} lacks ${name}`)
    into[short] = strict(definition)
    for (const [, reference] of JSON.stringify(definition).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (reference !== undefined) add(reference)
    }
  }
  for (const [name, definition] of Object.entries(definitions)) {
    const gvks = at(definition, 'x-kubernetes-group-version-kind')
    if (!Array.isArray(gvks)) continue
    for (const gvk of gvks) {
      const parts = [at(gvk, 'group'), at(gvk, 'version'), at(gvk, 'kind')].filter(part => part !== '')
      const kind = parts.join('/')
      if (!builtIn.includes(kind)) continue
      add(name)
      kinds[kind] = { $ref: `${prefix}${shortName(name)}` }
    }
  }
  return kinds
}

function fromCustom(file: string): JsonRecord {
  const kinds: JsonRecord = {}
  for (const document of parseAllDocuments(readFileSync(file, 'utf8'))) {
    const definition: Json = document.toJS()
    const versions = at(definition, 'spec', 'versions')
    if (at(definition, 'kind') !== 'CustomResourceDefinition' || !Array.isArray(versions)) continue
    for (const version of versions) {
      const kind = [
        at(definition, 'spec', 'group'),
        at(version, 'name'),
        at(definition, 'spec', 'names', 'kind'),
      ]
      const schema = at(version, 'schema', 'openAPIV3Schema')
      if (!custom.includes(kind.join('/')) || schema === undefined) continue
      const closed = strict(schema)
      // A CRD's schema leaves metadata to Kubernetes' own.
      const properties = at(closed, 'properties')
      if (isRecord(properties)) properties['metadata'] = { $ref: `${prefix}meta.v1.ObjectMeta` }
      kinds[kind.join('/')] = closed
    }
  }
  return kinds
}

const [swagger, ...crds] = process.argv.slice(2)
if (swagger === undefined) {
  console.error('usage: node scripts/manifests/write-schemas.ts SWAGGER CRDS...')
  process.exit(2)
}
const definitions: JsonRecord = {}
const kinds = fromSwagger(swagger, definitions)
for (const file of crds) Object.assign(kinds, fromCustom(file))
const missing = [...builtIn, ...custom].filter(kind => !(kind in kinds))
if (missing.length > 0) throw new Error(`no schema for ${missing.join(', ')}`)
writeFileSync(join(import.meta.dirname, 'schemas.json'), `${JSON.stringify({ definitions, kinds })}\n`)
