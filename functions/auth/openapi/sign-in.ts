import type { Operation } from '../../shared/openapi/operation.ts'
import { JsonWebKeySet, RefreshTokenRequest, Tokens } from '../sessions/schemas.ts'
import { LogIn, Registration, SignedIn } from '../sign-in/schemas.ts'

export const signInOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/register',
    operationId: 'register',
    summary: 'Make an account and log in',
    description:
      'E-mail and username are unique without regard to case. A password is refused when it is short or commonly ' +
      'used, with the reason; any characters may be in it.',
    authentication: 'none',
    body: Registration,
    answers: { 201: { description: 'The account, and the tokens of its first session.', schema: SignedIn } },
    problems: ['conflict', 'too_many_requests'],
  },
  {
    method: 'post',
    path: '/auth/login',
    operationId: 'logIn',
    summary: 'Log in',
    description:
      'An unknown email and a wrong password get the same response after the same time. After ten failed attempts an ' +
      'email is throttled, for one second and then twice as long each time, up to five minutes: 429 says how long. A ' +
      'device that sends the `deviceToken` of an earlier log-in has a throttle of its own. ' +
      'Take only 200 as logged in: an account with a second step will be answered 202, without tokens and with what ' +
      'is to be done next.',
    authentication: 'none',
    body: LogIn,
    answers: { 200: { description: 'The account, and the tokens of a new session.', schema: SignedIn } },
    problems: ['invalid_credentials', 'account_suspended', 'too_many_requests'],
  },
  {
    method: 'post',
    path: '/auth/refresh',
    operationId: 'refresh',
    summary: 'Trade a refresh token for new tokens',
    description:
      'Each refresh token is used once. For 10 seconds a repeat gets the same successor; later it gets another one, as ' +
      'long as no successor was used, so that parallel tabs and lost responses do no harm. Any older token is taken for ' +
      'a stolen one and ends the session.',
    authentication: 'none',
    body: RefreshTokenRequest,
    answers: { 200: { description: 'New tokens of the same session.', schema: Tokens } },
    problems: ['invalid_refresh_token', 'too_many_requests'],
  },
  {
    method: 'post',
    path: '/auth/logout',
    operationId: 'logOut',
    summary: 'End the session of a refresh token',
    description:
      'A token that is not known is no error. Access tokens of the session are refused everywhere within 5 seconds, ' +
      'or within a minute while Redis is away.',
    authentication: 'none',
    body: RefreshTokenRequest,
    answers: { 204: { description: 'The session is over.' } },
    problems: ['too_many_requests'],
  },
  {
    method: 'get',
    path: '/auth/.well-known/jwks.json',
    operationId: 'getKeySet',
    summary: 'The public keys of access tokens',
    description: 'A JSON Web Key Set (RFC 7517). A new key is here at least ten minutes before it signs.',
    authentication: 'none',
    answers: {
      200: {
        description: 'The keys.',
        schema: JsonWebKeySet,
        headers: { ETag: 'Changes with the keys.', 'Cache-Control': 'How long the keys may be kept.' },
      },
    },
    problems: [],
  },
]
