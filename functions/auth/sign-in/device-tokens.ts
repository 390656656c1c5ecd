import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AccountId } from '../../shared/ids.ts'

/** A device that has signed in to an account (OWASP, device cookies): what strangers guess does not slow it down. */
export interface DeviceTokens {
  issue(account: AccountId): string
  /** The device's id, when the token was issued for this account and is not too old. */
  verify(token: string | undefined, account: AccountId | undefined): string | undefined
}

const lifetimeSeconds = 180 * 24 * 3_600
const form = /^([\w-]{22})\.([0-9a-z]{6,8})\.([\w-]{43})$/

/** Nothing is stored: the token carries its id and its time, signed for one account. */
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
      // The same work for an address without an account.
      const expected = sign(account ?? 'nobody', id, time)
      const isOurs = signature !== '' && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
      const ageSeconds = now() / 1_000 - Number.parseInt(time, 36)
      return isOurs && account !== undefined && ageSeconds < lifetimeSeconds ? id : undefined
    },
  }
}
