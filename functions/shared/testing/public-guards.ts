import type { Guards } from '../http/route.ts'

const unexpected = () => {
  throw new Error('a public route asks for no token and has no limit')
}

/** Mounts routes without authentication and limits. */
export const publicGuards: Guards = { verifyAccessToken: unexpected, limitOf: unexpected }
