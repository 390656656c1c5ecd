import { DomainError } from '../../shared/domain-error.ts'
import { canonical } from '../../shared/username.ts'
import type { Dependencies } from '../dependencies.ts'
import { isCommonPassword } from './common-passwords.ts'

export interface PasswordChoice {
  readonly password: string
  /** Public facts about the owner, which a guesser tries first. */
  readonly owner: { readonly username: string; readonly email: string }
  /** The member of the request that holds the password. */
  readonly path?: string
}

/** Throws 422 with the reason for a weak password. NIST SP 800-63B-4, 3.1.1.2: length in code points, no composition rules. */
export async function assertStrongPassword(
  { minPasswordLength }: Pick<Dependencies, 'minPasswordLength'>,
  { password, owner: { username, email }, path = 'password' }: PasswordChoice,
): Promise<void> {
  const weak = (message: string) => new DomainError('invalid_member', { path, message })
  const length = [...password.normalize('NFKC')].length
  if (length < minPasswordLength) throw weak(`must have at least ${minPasswordLength} characters`)
  const known = [username, email, email.split('@')[0] ?? '']
  if (known.map(canonical).includes(canonical(password))) throw weak('is your own name or address')
  if (await isCommonPassword(password)) throw weak('is one of the most used passwords')
}
