import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functionNames, functions } from '../../functions/registry.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { readSecrets } from './data-folder.ts'
import { readEnvironment, readGiven, refuseUnknownOptions, writeEnvironments } from './environment.ts'

const folder = createTestFolder()
const options = { folder, secrets: readSecrets(folder), ports: { postgres: 1, redis: 2 }, port: 8080 }
/** Set by Knative only. */
const fromKnative = 'K_REVISION'
/** Those of its own database. */
const unread = ['DATABASE_URL', 'DATABASE_CA']
const all = new Set(functions.flatMap(({ variables }) => Object.keys(variables)))
all.delete(fromKnative)

test('each function gets the variables that it reads, and nothing else of the shell', () => {
  for (const variable of all) {
    writeEnvironments({ ...options, given: { [variable]: `given "it's"`, EDITOR: 'vi' } })
    for (const { name, variables } of functions) {
      const environment = readEnvironment(folder, name)
      const isRead = Object.hasOwn(variables, variable) && !['PORT', ...unread].includes(variable)
      expect(environment[variable] === `given "it's"`, `${variable} of ${name}`).toBe(isRead)
      expect(environment).not.toHaveProperty('EDITOR')
    }
  }
})

test('the database is never that of the shell', () => {
  const given = { DATABASE_URL: 'postgres://production.example/iod', DATABASE_CA: 'ca.crt' }
  writeEnvironments({ ...options, given })
  for (const name of [...functionNames, 'migrate'] as const) {
    expect(readEnvironment(folder, name)['DATABASE_URL']).toContain('@127.0.0.1:1/iod')
    expect(readEnvironment(folder, name)).not.toHaveProperty('DATABASE_CA')
  }
  expect(() => refuseUnknownOptions(['LOG_LEVEL', ...unread])).toThrow('no option DATABASE_URL, DATABASE_CA:')
})

test('an empty variable is as good as none', () => {
  const given = Object.fromEntries([...all].map(variable => [variable, '']))
  writeEnvironments({ ...options, given })
  for (const { name, readConfig } of functions)
    expect(() => readConfig(readEnvironment(folder, name)), name).not.toThrow()
  expect(readEnvironment(folder, 'auth')).not.toHaveProperty('SMTP_URL')
})

test('a name in .env that has no effect is told', () => {
  const checkout = createTestFolder()
  writeFileSync(
    join(checkout, '.env'),
    'CORS_ORIGIN=*\nLOG_LEVEL=warn\nOTEL_TRACES_EXPORTER=none\nDATABASE_URL=x\n',
  )
  const told: string[] = []
  expect(readGiven(checkout, line => told.push(line))).toMatchObject({ LOG_LEVEL: 'warn' })
  expect(told).toEqual(['`make dev` does not read CORS_ORIGIN, DATABASE_URL of .env.'])
})

test('.env.example lists every variable', () => {
  const lines = readFileSync(join(root, '.env.example'), 'utf8').match(/^#?[A-Z][A-Z0-9_]*(?==)/gm) ?? []
  const listed = lines.map(line => line.replace('#', ''))
  expect(listed.toSorted()).toEqual([...all].filter(variable => !unread.includes(variable)).toSorted())
})
