/** The archive or the database is not what it must be; the message says what to do. */
export class RestoreRefused extends Error {
  override readonly name = 'RestoreRefused'
}
