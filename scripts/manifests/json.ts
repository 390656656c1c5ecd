export type Json = string | number | boolean | null | Json[] | JsonRecord
export interface JsonRecord {
  [key: string]: Json
}

export const isRecord = (value: Json | undefined): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at the path, an array's elements by their index; undefined where there is none. */
export function at(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let inner = value
  for (const key of path) {
    if (Array.isArray(inner) && typeof key === 'number') inner = inner[key]
    else if (isRecord(inner) && typeof key === 'string') inner = inner[key]
    else return undefined
  }
  return inner
}

export const text = (value: Json | undefined, ...path: readonly (string | number)[]): string | undefined => {
  const found = at(value, ...path)
  return typeof found === 'string' ? found : undefined
}

export const list = (value: Json | undefined, ...path: readonly (string | number)[]): readonly Json[] => {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}

/** The object at the path; empty where there is none. */
export const record = (value: Json | undefined, ...path: readonly (string | number)[]): JsonRecord => {
  const found = at(value, ...path)
  return isRecord(found) ? found : {}
}

/** A copy with the members of the patch, also of the objects in it. */
export const merged = (value: Json | undefined, patch: JsonRecord): JsonRecord => ({
  ...record(value),
  ...Object.fromEntries(
    Object.entries(patch).map(([key, member]) => [
      key,
      isRecord(member) ? merged(at(value, key), member) : member,
    ]),
  ),
})
