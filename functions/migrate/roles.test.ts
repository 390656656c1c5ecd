import { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { statementTimeoutMs } from '../shared/postgres/timeouts.ts'
import { connectOwner, createTestDatabase, queryOnce } from '../shared/testing/database.ts'
import { createRoles } from './roles.ts'
import { scramVerifier } from './scram.ts'

const { ownerUrl } = await createTestDatabase()
const { rolePasswords } = inject('services')
const monitorPassword = 'a monitor password'.replaceAll(' ', '-')
const monitorUrl = () => {
  const url = new URL(ownerUrl)
  url.username = 'iod_monitor'
  url.password = monitorPassword
  return url.href
}

test('a verifier is what Postgres itself makes of the password and salt', async () => {
  const client = await connectOwner(ownerUrl)
  try {
    await client.query("set password_encryption = 'scram-sha-256'")
    await client.query("create role verifier_test login password 'correct-horse-battery'")
    const { rows } = await client.query<{ kept: string }>(
      "select rolpassword as kept from pg_authid where rolname = 'verifier_test'",
    )
    const kept = rows[0]?.kept ?? ''
    const salt = Buffer.from(/^SCRAM-SHA-256\$\d+:([^$]+)\$/.exec(kept)?.[1] ?? '', 'base64')
    expect(scramVerifier('correct-horse-battery', salt)).toBe(kept)
  } finally {
    await client.query('drop role if exists verifier_test')
    await client.end()
  }
})

test('no statement that sets a password contains it', async () => {
  const client = await connectOwner(ownerUrl)
  const statements: string[] = []
  const { query } = client
  // What is sent is what pg_stat_statements and the log would show.
  client.query = new Proxy(query, {
    apply: (target, self, parameters) => {
      statements.push(JSON.stringify(parameters[0]))
      return Reflect.apply(target, self, parameters)
    },
  })
  try {
    await createRoles(client, rolePasswords, monitorPassword)
  } finally {
    await client.end()
  }
  expect(statements.some(statement => statement.includes('alter role iod_monitor'))).toBe(true)
  for (const password of [...Object.values(rolePasswords), monitorPassword])
    expect(statements.filter(statement => statement.includes(password))).toEqual([])
})

test('the monitor reads statistics and no row of anyone', async () => {
  const client = await connectOwner(ownerUrl)
  await createRoles(client, rolePasswords, monitorPassword).finally(() => client.end())
  expect(await queryOnce(monitorUrl(), 'select count(*)::int as n from pg_stat_activity')).toHaveLength(1)
  await expect(queryOnce(monitorUrl(), 'select id from auth.accounts')).rejects.toThrow('permission denied')
  const monitor = new Client({ connectionString: monitorUrl() })
  await monitor.connect()
  try {
    await expect(monitor.query('create table public.a (b int)')).rejects.toThrow('permission denied')
  } finally {
    await monitor.end()
  }
})

test('Postgres ends a statement of a function before the client gives up on it', async () => {
  const roles = Object.keys(rolePasswords)
  const settings = await queryOnce(
    ownerUrl,
    `select rolname as role, setting from pg_roles, unnest(rolconfig) setting
     where setting like 'statement_timeout=%' and rolname <> 'iod_monitor' order by rolname`,
  )
  expect(settings).toEqual(
    roles.sort().map(role => ({ role, setting: `statement_timeout=${statementTimeoutMs}ms` })),
  )
})
