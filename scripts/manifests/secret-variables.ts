import type * as v from 'valibot'
import { secretReferenceOf, secretVariablesOf } from '../../functions/environment-of.ts'
import type { RegisteredFunction } from '../../functions/registry.ts'

/** The environment of a function's container that comes from Secrets, each variable after the prefix. */
export const secretVariables = (definition: RegisteredFunction, prefix = '') => {
  const variables: v.ObjectEntries = definition.variables
  return secretVariablesOf(definition).map(variable => {
    const { secret, key } = secretReferenceOf(definition, variable)
    const isOptional = variables[variable]?.type === 'optional'
    return {
      name: `${prefix}${variable}`,
      valueFrom: { secretKeyRef: { name: secret, key, ...(isOptional && { optional: true }) } },
    }
  })
}
