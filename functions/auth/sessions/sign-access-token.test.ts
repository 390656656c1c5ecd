import { importJWK, jwtVerify } from 'jose'
import * as v from 'valibot'
import { expect, it } from 'vitest'
import { newSigningKey } from '../../../scripts/secrets/signing-keys.ts'
import { AccountIdSchema, minUuid, SessionIdSchema } from '../../shared/ids.ts'
import { createSignAccessToken } from './sign-access-token.ts'

it('signs with a key that replaces another one under its kid', async () => {
  let key = { ...newSigningKey(), kid: 'one' }
  const sign = createSignAccessToken({ issuer: 'https://api.test', audience: 'https://api.test' }, () => key)
  const actor = {
    accountId: v.parse(AccountIdSchema, minUuid),
    sessionId: v.parse(SessionIdSchema, minUuid),
    role: 'user',
  } as const
  await sign(actor)
  key = { ...newSigningKey(), kid: 'one' }
  const { d: _, ...publicKey } = key
  await expect(jwtVerify(await sign(actor), await importJWK(publicKey, 'EdDSA'))).resolves.toBeDefined()
})
