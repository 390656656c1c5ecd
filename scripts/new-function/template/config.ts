import { type CommonConfig, commonConfig } from '../../../functions/shared/config.ts'
import {
  commonVariables,
  type DocumentSource,
  type Environment,
  readEnvironment,
  variable,
} from '../../../functions/shared/environment.ts'

export interface Config extends CommonConfig {
  /** The public JWKS that verifies access tokens. */
  readonly keySet: DocumentSource
}

/** The environment variables of the function. */
export const variables = {
  ...commonVariables,
  JWKS: variable.document,
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(variables, environment)
  return { ...commonConfig(values), keySet: values.JWKS }
}
