import { generateIdentity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { seal, unseal } from './sealed-file.ts'

const passphrase = 'correct horse battery'

test('opens with the passphrase it was sealed with, and with no other', async () => {
  const file = await seal('secret', { passphrase })
  expect(Buffer.from(file).includes('secret')).toBe(false)
  expect(await unseal(file, { passphrase })).toBe('secret')
  await expect(unseal(file, { passphrase: 'correct horse batterx' })).rejects.toThrow(
    'does not open the file',
  )
  // Each of the three takes a second of scrypt, by design.
}, 60_000)

test('opens with the key of its recipient', async () => {
  const identity = await generateIdentity()
  const file = await seal('secret', { passphrase: undefined, recipient: await identityToRecipient(identity) })
  expect(await unseal(file, { passphrase: undefined, identity })).toBe('secret')
})

test.each([undefined, 'short'])('is not sealed with the passphrase %s', async given => {
  await expect(seal('secret', { passphrase: given })).rejects.toThrow('set PASSPHRASE, 16 characters or more')
})
