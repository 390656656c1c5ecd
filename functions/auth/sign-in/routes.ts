import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import type { LimitName } from '../limits.ts'
import { noStore } from '../responses.ts'
import { type RegisterDependencies, register } from './register.ts'
import { LogIn, Registration, SignedIn } from './schemas.ts'
import { type SignInDependencies, signIn } from './sign-in.ts'

const registerOperation = operation({
  method: 'post',
  path: '/auth/register',
  authentication: 'none',
  limit: 'sign-in',
  body: Registration,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'register',
        summary: 'Make an account and log in',
        description:
          'E-mail and username are unique without regard to case. A password is refused when it is short or commonly ' +
          'used, with the reason; any characters may be in it.',
        responses: {
          201: { description: 'The account, and the tokens of its first session.', schema: SignedIn },
        },
        problems: ['conflict'],
      },
})

const logInOperation = operation({
  method: 'post',
  path: '/auth/login',
  authentication: 'none',
  limit: 'sign-in',
  body: LogIn,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'logIn',
        summary: 'Log in',
        description:
          'An unknown email and a wrong password get the same response after the same time. After ten failed attempts an ' +
          'email is throttled, for one second and then twice as long each time, up to five minutes: 429 says how long. A ' +
          'device that sends the `deviceToken` of an earlier log-in has a throttle of its own. ' +
          'Take only 200 as logged in: an account with a second step will be answered 202, without tokens and with what ' +
          'is to be done next.',
        responses: {
          200: { description: 'The account, and the tokens of a new session.', schema: SignedIn },
        },
        problems: ['invalid_credentials', 'account_suspended'],
      },
})

export const signInOperations = [registerOperation, logInOperation]

export interface SignInRouteOptions {
  readonly dependencies: RegisterDependencies & SignInDependencies
  readonly callerOf: CallerOf
}

export function signInRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, callerOf }: SignInRouteOptions,
): void {
  route(app, guards, registerOperation, async (c, { body }) =>
    c.json(await register(dependencies, { ...body, caller: callerOf(c) }), 201, noStore),
  )
  route(app, guards, logInOperation, async (c, { body }) =>
    c.json(await signIn(dependencies, { ...body, caller: callerOf(c) }), 200, noStore),
  )
}
