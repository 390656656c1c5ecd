import { documentOperation, healthOperation } from '../shared/openapi/health.ts'
import type { Operation } from '../shared/openapi/operation.ts'
import { accountOperations } from './openapi/accounts.ts'
import { emailOperations } from './openapi/emails.ts'
import { moderationOperations } from './openapi/moderation.ts'
import { sessionOperations } from './openapi/sessions.ts'
import { signInOperations } from './openapi/sign-in.ts'

export const operations: readonly Operation[] = [
  ...signInOperations,
  ...sessionOperations,
  ...accountOperations,
  ...emailOperations,
  ...moderationOperations,
  healthOperation('auth'),
  documentOperation('auth'),
]
