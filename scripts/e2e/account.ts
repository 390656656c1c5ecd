import { randomBytes } from 'node:crypto'
import { clientAt } from '../cluster/endpoint-client.ts'
import { gateway } from './api.ts'

/** Returns an account that no earlier run has registered, since the database outlives a run. */
export function newPerson() {
  const username = `e2e${randomBytes(6).toString('hex')}`
  return { username, email: `${username}@example.test`, password: randomBytes(12).toString('base64url') }
}

/** A client without a session, at the gateway unless another endpoint is given. */
export const apiClient = (endpoint = gateway.secure) => clientAt(endpoint)

/** Registers an account. Returns a client with its session, and the access token for requests without the client. */
export async function register(person = newPerson(), endpoint = gateway.secure) {
  const api = apiClient(endpoint)
  const { accessToken: token } = (await api.register({ body: person })).data
  return { ...person, api, token }
}
