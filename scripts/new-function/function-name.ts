import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { root } from '../cluster/command.ts'
import { nameOf } from '../cluster/kubectl.ts'
import { keptOverlays, readRendered } from '../manifests/rendered.ts'
import { secondLists } from '../registry/second-lists.ts'

/** `pg_get_keywords()` of categories R and T, which no schema can be named; a test compares. */
export const sqlReserved =
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check
collate collation column concurrently constraint create cross current_catalog current_date current_role current_schema
current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign
freeze from full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit
localtime localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references
returning right select session_user similar some symmetric system_user table tablesample then to trailing true union
unique user using variadic verbose when where window with`.split(/\s+/)

/** Names in the sources of every function. */
const taken = ['variables', 'functions', 'public', 'docs', 'healthz', 'metrics', 'together']

/** Returns why a new function cannot have this name, or undefined. */
export function nameFault(name: string): string | undefined {
  if (!/^[a-z][a-z0-9]{1,19}$/.test(name))
    return 'a name is 2 to 20 lower-case letters and digits, and begins with a letter'
  if (existsSync(join(root, 'functions', name))) return `functions/${name} exists already`
  if (readdirSync(join(root, 'knative/functions')).includes(`${name}.yaml`))
    return `knative/functions/${name}.yaml exists already`
  if (!isIdentifier(name)) return `${name} is a reserved word of JavaScript`
  if (sqlReserved.includes(name)) return `${name} is reserved by PostgreSQL`
  if (taken.includes(name) || clusterNames().has(name)) return `${name} is the name of something else here`
  // The test of second lists would report these files, since it cannot tell a word from a function.
  const [file] = secondLists(name)
  return file && `${file} uses ${name} as a word, next to the name of a function`
}

function isIdentifier(name: string): boolean {
  try {
    return new Script(`'use strict'; const ${name} = 0`) instanceof Script
  } catch {
    return false
  }
}

/** The objects of the cluster: a function's Service and Secret have its name. */
const clusterNames = (): ReadonlySet<string> =>
  new Set(keptOverlays.flatMap(overlay => readRendered(overlay).map(nameOf)))
