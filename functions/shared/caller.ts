/** The sender of a request, as it is shown to the owner of the account. */
export interface Caller {
  readonly address: string
  readonly client: string
}
