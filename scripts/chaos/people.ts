import { randomBytes } from 'node:crypto'
import * as v from 'valibot'
import { type Client, createClient, memoryTokens } from '../../functions/client/index.ts'
import type { Ledger } from './ledger.ts'

export interface Person {
  readonly username: string
  readonly email: string
  readonly password: string
  readonly client: Client
}

export interface Post {
  readonly slug: string
  readonly title: string
  readonly author: Person
}

interface PeopleOptions {
  readonly baseUrl: string
  readonly fetch: typeof fetch
  readonly ledger: Ledger
  readonly retries?: number
}

/** 100 ms, doubled each time, with full jitter: 6 s on average, so that a fault of some seconds is outlasted. */
const patientRetries = 6

const Claims = v.pipe(v.string(), v.parseJson(), v.object({ sid: v.string() }))
const sessionOf = (accessToken: string) =>
  v.parse(Claims, Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).sid

/** Accounts of one run, each with a client that sends as the documentation says: with retries where they are safe. */
export function createPeople({ baseUrl, fetch, ledger, retries = patientRetries }: PeopleOptions) {
  const newClient = () => createClient({ baseUrl, fetch, retries, tokens: memoryTokens() })
  return {
    newClient,
    async register(): Promise<Person> {
      const username = `chaos${randomBytes(6).toString('hex')}`
      const credentials = {
        username,
        email: `${username}@example.test`,
        password: randomBytes(12).toString('hex'),
      }
      const client = newClient()
      const { data } = await client.register({ body: credentials })
      ledger.acknowledge('account', username)
      ledger.acknowledge('session', sessionOf(data.accessToken))
      return { ...credentials, client }
    },
    async signIn({ email, password }: Person): Promise<void> {
      const { data } = await newClient().logIn({ body: { email, password } })
      ledger.acknowledge('session', sessionOf(data.accessToken))
    },
  }
}
