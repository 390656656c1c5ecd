import { describeError, type Log } from '../log.ts'
import type { HttpContext } from './context.ts'

/**
 * Yields the pieces of a body. Where they fail, closes the connection, so that what was sent does not look whole, and logs the
 * reason with the id of the request: node-server would print it as text of several lines.
 */
export async function* cutOnFailure(
  c: HttpContext,
  log: Log,
  pieces: AsyncIterable<string>,
): AsyncGenerator<string> {
  try {
    yield* pieces
  } catch (error) {
    if (c.env?.outgoing === undefined) throw error
    log.warn('a response was cut', { requestId: c.get('requestId'), ...describeError(error) })
    c.env.outgoing.destroy()
  }
}
