import type { CallerOf } from '../../shared/http/caller.ts'
import type { HttpApp } from '../../shared/http/context.ts'
import { type Guards, operation, route } from '../../shared/http/route.ts'
import { Account } from '../accounts/schemas.ts'
import type { Dependencies } from '../dependencies.ts'
import { noContent, noStore } from '../http/responses.ts'
import type { LimitName } from '../limits.ts'
import { reauthenticates } from '../passwords/documentation.ts'
import { changeEmail } from './change-email.ts'
import { needsEmail } from './documentation.ts'
import { EmailChange, EmailVerification } from './schemas.ts'
import { requestEmailVerification, verifyEmail } from './verify-email.ts'

const changeEmailOperation = operation({
  method: 'put',
  path: '/auth/account/email',
  authentication: 'required',
  limit: 'sign-in',
  body: EmailChange,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'changeEmail',
        summary: 'Change your email address',
        description: reauthenticates(
          'The new address takes effect immediately, unverified. The former address is notified.',
        ),
        responses: { 200: { description: 'The updated account.', schema: Account } },
        problems: ['forbidden', 'conflict'],
      },
})

const requestEmailVerificationOperation = operation({
  method: 'post',
  path: '/auth/email/verification',
  authentication: 'required',
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'requestEmailVerification',
        summary: 'Request a verification email',
        description: needsEmail('Registering and changing the address send one automatically.'),
        responses: {
          202: {
            description:
              'An email is sent, unless the address is already verified or has reached its daily limit.',
          },
        },
        problems: ['not_configured'],
      },
})

const confirmEmailOperation = operation({
  method: 'post',
  path: '/auth/email/verification/confirm',
  authentication: 'none',
  limit: 'sign-in',
  body: EmailVerification,
  documentation: import.meta.bundled
    ? undefined
    : {
        operationId: 'confirmEmail',
        summary: 'Verify an email address with the token from the email',
        description: needsEmail(),
        responses: { 204: { description: 'Address verified.' } },
        problems: ['not_configured'],
      },
})

export const emailOperations = [
  changeEmailOperation,
  requestEmailVerificationOperation,
  confirmEmailOperation,
]

export function emailRoutes(
  app: HttpApp,
  guards: Guards<LimitName>,
  { dependencies, callerOf }: { readonly dependencies: Dependencies; readonly callerOf: CallerOf },
): void {
  route(app, guards, changeEmailOperation, async (c, { actor, body }) =>
    c.json(await changeEmail(dependencies, { ...body, actor, caller: callerOf(c) }), 200, noStore),
  )

  route(app, guards, requestEmailVerificationOperation, async (c, { actor }) => {
    await requestEmailVerification(dependencies, { actor })
    return c.body(null, 202, noStore)
  })

  route(app, guards, confirmEmailOperation, async (c, { body }) => {
    await verifyEmail(dependencies, { ...body, caller: callerOf(c) })
    return noContent(c)
  })
}
