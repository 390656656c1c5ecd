import { type CommonConfig, commonConfig } from '../../../functions/shared/config.ts'
import {
  commonVariables,
  type DocumentSource,
  type Environment,
  readEnvironment,
  variable,
} from '../../../functions/shared/environment.ts'

export interface Config extends CommonConfig {
  readonly keySet: DocumentSource
  readonly urlSecret: Buffer
}

export const variables = {
  ...commonVariables,
  JWKS: variable.document,
  MEDIA_URL_SECRET: variable.secret,
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(variables, environment)
  return { ...commonConfig(values), keySet: values.JWKS, urlSecret: values.MEDIA_URL_SECRET }
}
