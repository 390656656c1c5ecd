import { Decrypter, Encrypter } from 'age-encryption'
import { UsageError } from '../cli/options.ts'

/** How the file is locked: with a passphrase, or for the owner of an age key (`age-keygen`). */
export interface Lock {
  readonly passphrase: string | undefined
  /** `age1…`, to encrypt. */
  readonly recipient?: string | undefined
  /** `AGE-SECRET-KEY-1…`, to decrypt. */
  readonly identity?: string | undefined
}

/** An age file is only as strong as its passphrase, and this one opens every token and password check. */
const minPassphraseLength = 16

/** The logarithm of scrypt's cost that the tool `age` chooses, about a second for each guess. */
export const usualWorkFactor = 18

/** An age file (age-encryption.org/v1): the tool `age` opens it as well. */
export async function seal(
  text: string,
  { passphrase, recipient }: Lock,
  workFactor = usualWorkFactor,
): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(workFactor)
  if (recipient !== undefined) addRecipient(encrypter, recipient)
  else encrypter.setPassphrase(requirePassphrase(passphrase, 'RECIPIENT=age1…'))
  return encrypter.encrypt(text)
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient)
  } catch (error) {
    throw new UsageError('RECIPIENT is no age key: age-keygen prints one, which begins with age1.', {
      cause: error,
    })
  }
}

/** Throws where the passphrase or the key is not the right one. */
export async function unseal(file: Uint8Array, { passphrase, identity }: Lock): Promise<string> {
  const decrypter = new Decrypter()
  if (identity !== undefined) decrypter.addIdentity(identity)
  else decrypter.addPassphrase(requirePassphrase(passphrase, 'IDENTITY=<key file>'))
  try {
    return await decrypter.decrypt(file, 'text')
  } catch (error) {
    throw new UsageError('the passphrase or key does not open the file, or the file is damaged.', {
      cause: error,
    })
  }
}

function requirePassphrase(passphrase: string | undefined, alternative: string): string {
  if (passphrase !== undefined && passphrase.length >= minPassphraseLength) return passphrase
  throw new UsageError(
    `set PASSPHRASE, ${minPassphraseLength} characters or more, or ${alternative}. Keep it apart from the file.`,
  )
}
