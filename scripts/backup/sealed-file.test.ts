import { generateIdentity, identityToRecipient } from 'age-encryption'
import { expect, test } from 'vitest'
import { seal, unseal, usualWorkFactor } from './sealed-file.ts'

const passphrase = 'correct horse battery'

test('opens with the passphrase it was sealed with, and with no other', async () => {
  // A hundredth of the usual second of scrypt, by design, for each of the three.
  const file = await seal('secret', { passphrase }, usualWorkFactor - 7)
  expect(Buffer.from(file).includes('secret')).toBe(false)
  expect(await unseal(file, { passphrase })).toBe('secret')
  await expect(unseal(file, { passphrase: 'correct horse batterx' })).rejects.toThrow(
    'does not open the file',
  )
})

test('a guess of the passphrase costs what age makes it cost', async () => {
  const file = await seal('secret', { passphrase })
  expect(Buffer.from(file).toString('latin1')).toMatch(/^-> scrypt \S+ 18$/m)
})

test('opens with the key of its recipient', async () => {
  const identity = await generateIdentity()
  const file = await seal('secret', { passphrase: undefined, recipient: await identityToRecipient(identity) })
  expect(await unseal(file, { passphrase: undefined, identity })).toBe('secret')
})

test.each([undefined, 'short'])('is not sealed with the passphrase %s', async given => {
  await expect(seal('secret', { passphrase: given })).rejects.toThrow('set PASSPHRASE, 16 characters or more')
})

test('is refused for a recipient that is no key', async () => {
  await expect(seal('secret', { passphrase: undefined, recipient: 'nobody' })).rejects.toThrow(
    'RECIPIENT is no age key: age-keygen prints one, which begins with age1.',
  )
})
