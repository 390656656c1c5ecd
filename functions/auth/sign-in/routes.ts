import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { noStore } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
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
        summary: 'Create an account and sign in',
        description:
          'Email and username are unique, ignoring case. A password may contain any characters; one that is too short or ' +
          'commonly used is rejected with the reason.',
        responses: {
          201: { description: 'The account and the tokens of its first session.', schema: SignedIn },
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
        summary: 'Sign in',
        description:
          'An unknown email and a wrong password get the same response after the same time. After repeated failures, ' +
          'attempts for an email are throttled for a growing time: 429, with `Retry-After`. A device that sends the ' +
          '`deviceToken` of an earlier sign-in is throttled separately. Treat only 200 as signed in: a future version may ' +
          'return 202, without tokens, for accounts that require a second step.',
        responses: {
          200: { description: 'The account and the tokens of a new session.', schema: SignedIn },
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
