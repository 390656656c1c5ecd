import { join } from 'node:path'
import { Client } from 'pg'
import { expect, test, vi } from 'vitest'
import { createDatabase } from '../../scripts/services/postgres.ts'
import { migrate } from '../migrate/migrate.ts'
import { readMigrations } from '../migrate/migrations.ts'
import { byRole } from '../registry.ts'
import { createLog } from '../shared/log.ts'
import { queryOnce } from '../shared/testing/database.ts'
import { createPgBouncer } from '../shared/testing/pgbouncer.ts'
import { createPostgresServer } from '../shared/testing/postgres-server.ts'
import { createTestBackend } from './test-backend.ts'
import { createMixedLoad, type MixedLoad, type Outcome, summarize } from './test-mixed-load.ts'

const server = await createPostgresServer(['max_connections=40', 'superuser_reserved_connections=10'])
const ownerUrl = server.url('iod')
await createDatabase(server.url('postgres'), 'iod')
const rolePasswords = byRole(role => `password-of-${role}`)
await migrate({
  databaseUrl: ownerUrl,
  rolePasswords,
  migrations: readMigrations(join(import.meta.dirname, '..')),
  log: createLog('migrate', 'error'),
})
const bouncer = await createPgBouncer({ port: server.port, passwords: rolePasswords })
const urlAt = (port: number) => (role: keyof typeof rolePasswords) =>
  `postgres://${role}:${rolePasswords[role]}@127.0.0.1:${port}/iod`

const settings = { ACCOUNT_LIMITS: 'off' }
const loadAt = async (port: number) =>
  createMixedLoad((await createTestBackend(settings, { databaseUrl: urlAt(port) })).baseUrl)
const ways = [
  ['directly', await loadAt(server.port)] as const,
  // 1.18 of Debian 12 does not know prepared statements in transaction mode: pgbouncer.ts.
  ...(bouncer === undefined ? [] : [['through PgBouncer', await loadAt(bouncer.port)] as const]),
]
test.runIf(bouncer === undefined)('PgBouncer is not installed, so nothing runs through it', () => undefined)

const owner = async (text: string) => queryOnce(ownerUrl, text)
const terminateAll = `select pg_terminate_backend(pid) from pg_stat_activity where usename like 'iod\\_%'`
const setReadOnly = async (value: string) => {
  await owner(`alter system set default_transaction_read_only = ${value}`)
  await owner('select pg_reload_conf()')
}

/** Holds the locks of `statement` while `work` goes on. */
async function hold(statement: string, work: () => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  await client.query('begin')
  await client.query(statement)
  await work()
  await client.query('rollback')
  await client.end()
}

async function takeAllConnections(load: MixedLoad): Promise<void> {
  const clients: Client[] = []
  try {
    for (;;) {
      const client = new Client({ connectionString: ownerUrl })
      client.on('error', () => undefined)
      await client.connect()
      clients.push(client)
    }
  } catch {
    await clients[0]?.query(terminateAll)
    await load.lasts(3)
  } finally {
    for (const client of clients) await client.end()
  }
}

interface Fault {
  readonly break: (load: MixedLoad) => Promise<void>
  /** True where every request has to succeed. */
  readonly isUnnoticed?: boolean
}

const faults: Readonly<Record<string, Fault>> = {
  'every connection is terminated, five times': {
    isUnnoticed: true,
    break: async load => {
      for (let n = 0; n < 5; n += 1) {
        await owner(terminateAll)
        await load.lasts(0.6)
      }
    },
  },
  'read-only for 2 s': {
    break: async load => {
      await setReadOnly('on')
      await load.lasts(2)
      await setReadOnly('off')
    },
  },
  restart: {
    break: async () => {
      await server.stop()
      await server.start()
    },
  },
  'killed with all its processes': {
    break: async () => {
      server.signal('SIGKILL')
      await server.stop()
      await server.start()
    },
  },
  'frozen for 10 s': {
    break: async load => {
      server.signal('SIGSTOP')
      await load.lasts(10)
      server.signal('SIGCONT')
    },
  },
  'no connection left for 3 s': { break: takeAllConnections },
  'a table locked for 4 s': {
    break: load => hold('lock table posts.posts in access exclusive mode', () => load.lasts(4)),
  },
}

const isWrite = ({ kind }: Outcome) => kind === 'write' || kind === 'favorite'
/** A read waits for 2 s, a write for that and the statement it is in; and some for the machine. */
const patienceMs = 1_000

test.each(
  ways.flatMap(([way, mixed]) =>
    Object.entries(faults).map(([name, fault]) => ({ way, mixed, name, fault })),
  ),
)(
  '$name, $way: cached reads go on, the rest is refused with Retry-After, nothing is lost or half done',
  async ({ mixed, name, fault, way }) => {
    const load = mixed.start()
    await vi.waitFor(() => expect(load.acknowledged.size).toBeGreaterThan(5), { timeout: 10_000 })
    await fault.break(load)
    const brokenUntilMs = performance.now()
    const before = load.acknowledged.size
    await vi.waitFor(() => expect(load.acknowledged.size).toBeGreaterThan(before + 5), {
      timeout: 10_000,
      interval: 20,
    })
    const backMs = performance.now() - brokenUntilMs
    const outcomes = await load.end()
    console.info(`${name}, ${way}`, { ...summarize(outcomes), back: `${Math.round(backMs)} ms` })

    const wrong = outcomes.filter(({ status, retryAfter }) =>
      status >= 300 ? status !== 503 || retryAfter === null : false,
    )
    expect(wrong).toEqual([])
    const cached = outcomes.filter(({ kind }) => kind.startsWith('cached'))
    // A pause of the machine that is longer than a command of Redis may take hides the copy from a request.
    expect(cached.filter(({ status }) => status !== 200).length / cached.length).toBeLessThan(0.05)
    if (fault.isUnnoticed) expect(outcomes.filter(({ status }) => status === 503)).toEqual([])
    const slowest = (some: readonly Outcome[]) => Math.max(...some.map(({ latencyMs }) => latencyMs))
    expect(slowest(outcomes.filter(one => !isWrite(one)))).toBeLessThan(2_000 + patienceMs)
    expect(slowest(outcomes.filter(isWrite))).toBeLessThan(4_000 + patienceMs)

    // What was not acknowledged is there once or not at all, and once after it is sent again.
    for (const [key, title] of load.unanswered) expect(await load.create(key, title)).toBe(201)
    const titles = [...load.acknowledged, ...load.unanswered.values()]
    const client = new Client({ connectionString: ownerUrl })
    await client.connect()
    try {
      const found = await client.query('select title from posts.posts where title = any ($1)', [titles])
      expect(found.rows.map(row => row.title).toSorted()).toEqual(titles.toSorted())
      const halfDone = await client.query(`select post.slug from posts.posts post
        left join posts.slugs directory on directory.slug = post.slug and directory.post_id = post.id
        left join posts.post_counts counts on counts.post_id = post.id
        where directory.slug is null or counts.post_id is null or counts.favorites <>
          (select count(*) from posts.favorites favorite where favorite.post_id = post.id)`)
      expect(halfDone.rows).toEqual([])
    } finally {
      await client.end()
    }
  },
  60_000,
)
