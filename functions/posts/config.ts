import * as v from 'valibot'
import { type CommonConfig, commonConfig } from '../shared/config.ts'
import {
  commonVariables,
  type DocumentSource,
  type Environment,
  readEnvironment,
  variable,
} from '../shared/environment.ts'

export interface Config extends CommonConfig {
  /** The public JWKS that verifies access tokens. */
  readonly keySet: DocumentSource
  /** True if the limits of limits.ts are enforced. */
  readonly accountLimits: boolean
  /** Of a replica, which readers without a token may read from. */
  readonly databaseReadUrl: string | undefined
  /** Signs the cursors of lists. */
  readonly cursorSecret: Buffer
}

/** The environment variables of the function. */
export const variables = {
  ...commonVariables,
  JWKS: variable.document,
  CURSOR_SECRET: variable.secret,
  DATABASE_READ_URL: v.optional(variable.url('postgres', 'postgresql')),
  ACCOUNT_LIMITS: v.optional(variable.onOff, 'on'),
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(variables, environment)
  return {
    ...commonConfig(values),
    keySet: values.JWKS,
    databaseReadUrl: values.DATABASE_READ_URL,
    cursorSecret: values.CURSOR_SECRET,
    accountLimits: values.ACCOUNT_LIMITS === 'on',
  }
}
