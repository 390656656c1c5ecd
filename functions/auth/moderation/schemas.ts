import * as v from 'valibot'
import { KnownUsername } from '../../shared/formats.ts'
import { text } from '../../shared/text.ts'
import { Role } from '../accounts/schemas.ts'

export const UsernameParameter = v.object({ username: KnownUsername })
export const Suspension = v.strictObject({ reason: text(500) })
export const RoleAssignment = v.strictObject({ role: Role })
