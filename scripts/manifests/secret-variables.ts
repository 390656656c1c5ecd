import { secretReferenceOf, secretVariablesOf } from '../../functions/environment-of.ts'
import type { RegisteredFunction } from '../../functions/registry.ts'

/** The environment of a function's container that comes from Secrets, each variable after the prefix. */
export const secretVariables = (definition: RegisteredFunction, prefix = '') => {
  const optional = [
    'DATABASE_CA',
    'DATABASE_READ_URL',
    'REDIS_CA',
    'REDIS_CACHE_URL',
    ...variablesFrom(definition, 'operator'),
  ]
  return secretVariablesOf(definition).map(variable => {
    const { secret, key } = secretReferenceOf(definition, variable)
    return {
      name: `${prefix}${variable}`,
      valueFrom: {
        secretKeyRef: { name: secret, key, ...(optional.includes(variable) && { optional: true }) },
      },
    }
  })
}

const variablesFrom = ({ secrets }: RegisteredFunction, wanted: string) =>
  Object.entries(secrets).flatMap(([variable, source]) => (source === wanted ? [variable] : []))
