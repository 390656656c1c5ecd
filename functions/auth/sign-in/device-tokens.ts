import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AccountId } from '../../shared/ids.ts'

/** Identifies devices that have signed in before (OWASP, device cookies), so that guesses by strangers do not throttle them. */
export interface DeviceTokens {
  issue(account: AccountId): string
  /** Returns the device's id if the token was issued for this account and has not expired. */
  verify(token: string | undefined, account: AccountId | undefined): string | undefined
}

const lifetimeSeconds = 180 * 24 * 3_600
const form = /^([\w-]{22})\.([0-9a-z]{6,8})\.([\w-]{43})$/

/** Stores nothing: a token carries its id and time of issue, signed for one account. */
export function createDeviceTokens(key: Buffer, now: () => number = Date.now): DeviceTokens {
  const sign = (account: string, id: string, time: string) =>
    createHmac('sha256', key).update(`${account}\n${id}\n${time}`).digest('base64url')

  return {
    issue(account) {
      const id = randomBytes(16).toString('base64url')
      const time = Math.floor(now() / 1_000).toString(36)
      return `${id}.${time}.${sign(account, id, time)}`
    },
    verify(token, account) {
      const [, id = '', time = '', signature = ''] = form.exec(token ?? '') ?? []
      // An address without an account takes the same time.
      const expected = sign(account ?? 'nobody', id, time)
      const isOurs = signature !== '' && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
      const ageSeconds = now() / 1_000 - Number.parseInt(time, 36)
      return isOurs && account !== undefined && ageSeconds < lifetimeSeconds ? id : undefined
    },
  }
}
