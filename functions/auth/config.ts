import * as v from 'valibot'
import { type CommonConfig, commonConfig } from '../shared/config.ts'
import {
  commonVariables,
  type DocumentSource,
  type Environment,
  readEnvironment,
  usernameHoldDays,
  variable,
} from '../shared/environment.ts'
import { ofUrl } from '../shared/url-variables.ts'
import { Email } from './emails/email-address.ts'
import type { SessionTerms } from './sessions/session-terms.ts'
import type { ThrottleSettings } from './sign-in/throttle-rule.ts'

export interface Config extends CommonConfig {
  /** The private JWKS. */
  readonly signingKeys: DocumentSource
  readonly passwordPepper: Buffer
  /** bcrypt's work factor: each step doubles the time of a sign-in. */
  readonly passwordCost: number
  readonly passwordMinLength: number
  readonly session: SessionTerms
  /** Requests per minute and client address: sign-ins, registrations and resets; ten times as many refreshes. 0 means no limit. */
  readonly signInLimitPerMinute: number
  readonly signInThrottle: ThrottleSettings
  readonly usernameHoldDays: number
  /** Undefined where SMTP_URL is not set. */
  readonly email: EmailConfig | undefined
}

interface EmailConfig {
  readonly url: string
  readonly from: string
  readonly linkUrl: string
}

const daySeconds = 24 * 3_600

/** One of both alone is no login: each email would fail for it. */
const smtpUrl = v.pipe(
  variable.url('smtp', 'smtps', 'console'),
  ofUrl(
    ({ username, password }) => (username === '') === (password === ''),
    'must have a user with a password, or neither',
  ),
  // The other way round, both ends wait for the other's first word.
  ofUrl(
    ({ protocol, port }) => !['smtp:465', 'smtps:587'].includes(protocol + port),
    'must be smtps:// for port 465, and smtp:// for port 587',
  ),
)

/** The environment variables of the function. */
export const variables = {
  ...commonVariables,
  JWT_SIGNING_KEYS: variable.document,
  PASSWORD_PEPPER: variable.secret,
  PASSWORD_COST: v.optional(variable.integer(10, 15), '10'),
  // NIST SP 800-63B-4 allows no less than 8, and the list of common passwords begins there.
  PASSWORD_MIN_LENGTH: v.optional(variable.integer(8, 64), '8'),
  SESSION_LIFETIME_DAYS: v.optional(variable.integer(1, 400), '30'),
  SESSION_IDLE_DAYS: v.optional(variable.integer(1, 400), '7'),
  SIGN_IN_LIMIT_PER_MINUTE: v.optional(variable.integer(0, 1_000_000), '30'),
  SIGN_IN_FREE_ATTEMPTS: v.optional(variable.integer(1, 100), '10'),
  SIGN_IN_MAX_WAIT_SECONDS: v.optional(variable.integer(1, 3_600), '300'),
  // Longer than the longest wait, which would otherwise end early; shorter than expired rows are kept.
  SIGN_IN_FORGET_SECONDS: v.optional(variable.integer(3_600, 86_400), '3600'),
  USERNAME_HOLD_DAYS: usernameHoldDays,
  SMTP_URL: v.optional(smtpUrl),
  MAIL_FROM: v.optional(Email),
  MAIL_LINK_URL: v.optional(variable.base),
}

export function readConfig(environment: Environment): Config {
  const values = readEnvironment(variables, environment)
  return {
    ...commonConfig(values),
    signingKeys: values.JWT_SIGNING_KEYS,
    passwordPepper: values.PASSWORD_PEPPER,
    passwordCost: values.PASSWORD_COST,
    passwordMinLength: values.PASSWORD_MIN_LENGTH,
    session: {
      lifetimeSeconds: values.SESSION_LIFETIME_DAYS * daySeconds,
      idleSeconds: values.SESSION_IDLE_DAYS * daySeconds,
    },
    signInLimitPerMinute: values.SIGN_IN_LIMIT_PER_MINUTE,
    signInThrottle: {
      freeAttempts: values.SIGN_IN_FREE_ATTEMPTS,
      maxWaitSeconds: values.SIGN_IN_MAX_WAIT_SECONDS,
      forgetAfterSeconds: values.SIGN_IN_FORGET_SECONDS,
    },
    usernameHoldDays: values.USERNAME_HOLD_DAYS,
    email:
      values.SMTP_URL === undefined
        ? undefined
        : {
            url: values.SMTP_URL,
            from: values.MAIL_FROM ?? `no-reply@${new URL(values.PUBLIC_URL).hostname}`,
            linkUrl: values.MAIL_LINK_URL ?? values.PUBLIC_URL,
          },
  }
}
