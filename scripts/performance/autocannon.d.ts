// The part of autocannon that is used here; the package carries no types.
declare module 'autocannon' {
  function autocannon(options: autocannon.Options): Promise<autocannon.Result>
  namespace autocannon {
    interface Options {
      readonly url: string
      readonly servername?: string
      readonly connections: number
      readonly duration?: number
      readonly amount?: number
      readonly requests: readonly (Request & {
        /** Called before each time it is sent. */
        readonly setupRequest?: (given: Request) => Request
      })[]
    }
    interface Request {
      readonly method: string
      readonly path: string
      readonly headers: Readonly<Record<string, string>>
      readonly body?: string
    }
    interface Result {
      readonly errors: number
      readonly timeouts: number
      readonly duration: number
      readonly statusCodeStats: Readonly<Record<string, { readonly count: number }>>
      readonly requests: { readonly total: number }
      /** Milliseconds. */
      readonly latency: { readonly p50: number; readonly p99: number }
    }
  }
  export = autocannon
}
