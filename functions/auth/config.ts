import * as v from 'valibot'
import { type CommonConfig, commonConfig } from '../shared/config.ts'
import { commonVariables, type Environment, readEnvironment, variable } from '../shared/environment.ts'

export interface Config extends CommonConfig {
  /** Path of the private JWKS; its first key signs. */
  readonly signingKeysFile: string
  readonly passwordPepper: Buffer
  /** bcrypt's work factor: each step doubles the time of one log-in. */
  readonly passwordCost: number
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(
    {
      ...commonVariables,
      JWT_SIGNING_KEYS_FILE: variable.file,
      PASSWORD_PEPPER: variable.secret,
      PASSWORD_COST: v.optional(variable.integer(10, 15), '10'),
    },
    environment,
  )
  return {
    ...commonConfig(values),
    signingKeysFile: values.JWT_SIGNING_KEYS_FILE,
    passwordPepper: values.PASSWORD_PEPPER,
    passwordCost: values.PASSWORD_COST,
  }
}
