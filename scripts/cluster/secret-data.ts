// The values of a Secret, which Kubernetes has in base64.
import { type Json, record } from '../manifests/json.ts'
import { get } from './kubectl.ts'

export type Values = Readonly<Record<string, string>>

const mapValues = (values: Values, change: (value: string) => string): Values =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)]))

export const encodeValues = (values: Values): Values =>
  mapValues(values, value => Buffer.from(value).toString('base64'))

export const decodeValues = (data: Values): Values =>
  mapValues(data, value => Buffer.from(value, 'base64').toString())

/** The values of a Secret; empty without one. */
export function valuesOf(secret: Json | undefined): Values {
  const pairs = Object.entries(record(secret, 'data')).map(([key, value]) => [key, String(value)])
  return decodeValues(Object.fromEntries(pairs))
}

/** Resolves with the values of a Secret; empty without one. */
export const readSecret = async (name: string, namespace: string): Promise<Values> =>
  valuesOf(await get`secret ${name} --namespace ${namespace}`)
