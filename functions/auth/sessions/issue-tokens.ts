import { type Actor, accessTokenLifetimeSeconds } from '../../shared/access-token.ts'
import type { Dependencies } from '../dependencies.ts'
import type { Tokens } from './schemas.ts'

/** Signs an access token and returns it with the refresh token of the same session. */
export async function issueTokens(
  { signAccessToken }: Pick<Dependencies, 'signAccessToken'>,
  { actor, refreshToken }: { readonly actor: Actor; readonly refreshToken: string },
): Promise<Tokens> {
  return {
    accessToken: await signAccessToken(actor),
    tokenType: 'Bearer',
    expiresIn: accessTokenLifetimeSeconds,
    refreshToken,
  }
}
