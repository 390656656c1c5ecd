import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'
import { isRecord, type Json, text } from './json.ts'

const file: Json = JSON.parse(readFileSync(join(import.meta.dirname, 'schemas.json'), 'utf8'))
const kinds = isRecord(file) && isRecord(file['kinds']) ? file['kinds'] : {}
const definitions = isRecord(file) && isRecord(file['definitions']) ? file['definitions'] : {}
const ajv = new Ajv({ allErrors: true, strict: false })
const validators = new Map<string, ValidateFunction>()

/** What is wrong with the object by the schema of its kind; a kind without a schema is a fault too. */
export function schemaFaults(object: Json): readonly string[] {
  const kind = `${text(object, 'apiVersion')}/${text(object, 'kind')}`
  const schema = kinds[kind]
  if (!isRecord(schema)) return [`${kind} is a kind without a schema`]
  const validate = validators.get(kind) ?? ajv.compile({ definitions, allOf: [schema] })
  validators.set(kind, validate)
  if (validate(object)) return []
  return (validate.errors ?? []).map(error => {
    const member = error.params['additionalProperty']
    return `${error.instancePath || '/'} ${error.message}${member === undefined ? '' : `: ${member}`}`
  })
}
