/** A failure that a person can fix: the message is one sentence with the fault and the remedy. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}
