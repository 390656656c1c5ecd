/** Something a person can put right: the message is one sentence that says what is wrong and the way out. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
}
