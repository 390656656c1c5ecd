import * as v from 'valibot'
import { type CommonConfig, commonConfig } from '../shared/config.ts'
import {
  commonVariables,
  type DocumentSource,
  type Environment,
  readEnvironment,
  usernameHoldDays,
  variable,
} from '../shared/environment.ts'

export interface Config extends CommonConfig {
  /** The public JWKS that verifies access tokens. */
  readonly keySet: DocumentSource
  /** True if the limits of limits.ts are enforced. */
  readonly accountLimits: boolean
  /** Signs the cursors of lists. */
  readonly cursorSecret: Buffer
  /** How long a former username stays reserved for its owner. */
  readonly usernameHoldDays: number
}

/** The environment variables of the function. */
export const variables = {
  ...commonVariables,
  JWKS: variable.document,
  CURSOR_SECRET: variable.secret,
  ACCOUNT_LIMITS: v.optional(variable.onOff, 'on'),
  USERNAME_HOLD_DAYS: usernameHoldDays,
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(variables, environment)
  return {
    ...commonConfig(values),
    keySet: values.JWKS,
    cursorSecret: values.CURSOR_SECRET,
    accountLimits: values.ACCOUNT_LIMITS === 'on',
    usernameHoldDays: values.USERNAME_HOLD_DAYS,
  }
}
