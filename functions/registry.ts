import * as v from 'valibot'

/** Every function, one line each. Scripts and tests derive all that concerns each of them; no bundle imports this. */
export const functions = [
  (await import('./auth/function.ts')).auth,
  (await import('./profile/function.ts')).profile,
  (await import('./posts/function.ts')).posts,
] as const

export type RegisteredFunction = (typeof functions)[number]
export type FunctionName = RegisteredFunction['name']
export type DatabaseRole = RegisteredFunction['databaseRole']

export const functionNames: readonly FunctionName[] = functions.map(({ name }) => name)

/** Returns a string for each role; parsed, since the type of `Object.fromEntries` forgets the names. */
export function byRole(textOf: (role: DatabaseRole) => string): Readonly<Record<DatabaseRole, string>> {
  const roles = functions.map(({ databaseRole }) => databaseRole)
  const values = Object.fromEntries(roles.map(role => [role, textOf(role)]))
  return v.parse(v.object(v.entriesFromList(roles, v.string())), values)
}
