import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'

/** As Postgres makes them (`scram_iterations`); a password of 32 random bytes needs no more. */
const iterations = 4_096

/**
 * Returns the verifier that Postgres stores (RFC 5803), so that `alter role` never carries the password itself: the text of a
 * utility statement appears in pg_stat_statements and in the server's log. For ASCII, where SASLprep changes nothing.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const saltedPassword = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const hmac = (text: string) => createHmac('sha256', saltedPassword).update(text).digest()
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest()
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey.toString('base64')}:${hmac('Server Key').toString('base64')}`
}
