/** A member for each field of a resource. A field without one is a type error, and so is a member without a field. */
export type FieldTable<Fields, Member> = { readonly [Name in keyof Fields]: Member }

/** A merge-patch (RFC 7396) after validation: an absent member keeps its value. */
export type FieldPatch<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined }

/** Returns the names of the fields in the order of the table. */
export const namesOf = <Fields extends object>(
  table: FieldTable<Fields, unknown>,
): (keyof Fields & string)[] => {
  const names: (keyof Fields & string)[] = []
  for (const name in table) names.push(name)
  return names
}

/** Returns `current` with the members of a patch in place of the former ones; fields without a name here stay. */
export function patchFields<Fields extends object>(
  names: readonly (keyof Fields)[],
  current: Fields,
  patch: FieldPatch<Fields>,
): Fields {
  const next = { ...current }
  for (const name of names) setField(next, name, patch[name])
  return next
}

function setField<Fields extends object, Name extends keyof Fields>(
  fields: Fields,
  name: Name,
  value: Fields[Name] | undefined,
): void {
  if (value !== undefined) fields[name] = value
}
