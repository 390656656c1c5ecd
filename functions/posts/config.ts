import { type CommonConfig, commonConfig } from '../shared/config.ts'
import { commonVariables, type Environment, readEnvironment, variable } from '../shared/environment.ts'

export interface Config extends CommonConfig {
  /** Path of the public JWKS that access tokens are checked against. */
  readonly keySetFile: string
  /** Signs the cursors of lists. */
  readonly cursorSecret: Buffer
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(
    { ...commonVariables, JWKS_FILE: variable.file, CURSOR_SECRET: variable.secret },
    environment,
  )
  return { ...commonConfig(values), keySetFile: values.JWKS_FILE, cursorSecret: values.CURSOR_SECRET }
}
