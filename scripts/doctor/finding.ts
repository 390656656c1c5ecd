import { isTrue, reasonOf } from '../cluster/kubectl.ts'
import type { Json } from '../manifests/json.ts'

/** Something that was checked: right, or wrong with the way to correct it. */
export interface Finding {
  readonly what: string
  readonly fault: string | undefined
  readonly remedy: string
  /** Right for most, and the remedy makes it right for everyone: `make doctor` shows it without counting a fault. */
  readonly note?: string
}

export const finding = (what: string, fault: string | false | undefined, remedy = ''): Finding => ({
  what,
  fault: fault || undefined,
  remedy,
})

/** Why an object's condition does not hold; undefined when it does. */
export function conditionFault(object: Json | undefined, type: string): string | undefined {
  if (object === undefined) return 'is missing'
  return isTrue(object, type) ? undefined : reasonOf(object, type)
}
