import { execFile } from 'node:child_process'
import { cpSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'

const copy = createTestFolder()

/** Every way in which a module can name another. */
const forms: Readonly<Record<string, (target: string) => string>> = {
  import: target => `import * as planted from '${target}'\nexport const use = planted`,
  type: target => `import type * as planted from '${target}'\nexport type Use = typeof planted`,
  inline: target => `export type Use = typeof import('${target}')`,
  dynamic: target => `export const load = () => import('${target}')`,
  export: target => `export * from '${target}'`,
}

const shared = 'functions/shared'
const posts = 'functions/posts/posts'
const follows = 'functions/profile/follows'
const auth = 'functions/auth'

/** Rule, the file that breaks it (FORM stands for the form), and what it imports. */
const violations = [
  ['no-cycle', `${posts}/planted-FORM-cycle.ts`, `${posts}/planted-FORM-cycle-back.ts`],
  ['no-other-function', `${posts}/planted-FORM-other.ts`, 'functions/auth/config.ts'],
  ['no-other-function', 'functions/profile/planted-FORM-other.ts', 'functions/migrate/migrate.ts'],
  ['backup-knows-the-migrations', 'functions/backup/planted-FORM.ts', 'functions/auth/config.ts'],
  ['shared-knows-no-function', `${shared}/planted-FORM.ts`, 'functions/posts/config.ts'],
  ['no-test-in-production', `${posts}/planted-FORM-test-app.ts`, 'functions/posts/test-app.ts'],
  ['no-test-in-production', `${posts}/planted-FORM-testing.ts`, `${shared}/testing/database.ts`],
  ['no-test-in-production', `${shared}/planted-FORM-script.ts`, 'scripts/cli/cli.ts'],
  ['no-test-in-scripts', 'scripts/release/planted-FORM.ts', `${shared}/testing/database.ts`],
  ['registry-for-tools', `${posts}/planted-FORM-registry.ts`, 'functions/registry.ts'],
  ['registry-for-tools', `${posts}/planted-FORM-function.ts`, 'functions/posts/function.ts'],
  ['wiring-is-outermost', `${posts}/planted-FORM-compose.ts`, 'functions/posts/compose.ts'],
  ['wiring-is-outermost', 'functions/posts/planted-FORM-main.ts', 'functions/posts/main.ts'],
  ['queries-are-innermost', `${posts}/planted-FORM-queries.ts`, `${posts}/create-post.ts`],
  ['schemas-are-innermost', `${posts}/planted-FORM-schemas.ts`, `${posts}/create-post.ts`],
  ['use-cases-know-no-http', `${posts}/planted-FORM-route.ts`, `${shared}/http/route.ts`],
  ['use-cases-know-no-http', `${posts}/planted-FORM-routes-of-posts.ts`, `${posts}/routes.ts`],
  ['use-cases-know-no-http', `${posts}/planted-FORM-hono.ts`, 'hono'],
  ['use-cases-know-no-http', 'functions/posts/comments/planted-FORM-queries.ts', `${shared}/http/route.ts`],
  ['queries-are-innermost', `${auth}/sessions/planted-FORM-queries.ts`, `${auth}/sessions/sessions.ts`],
  ['use-cases-know-no-http', `${auth}/accounts/planted-FORM.ts`, `${auth}/http/responses.ts`],
  ['use-cases-know-no-http', `${follows}/planted-FORM.ts`, 'functions/profile/http/responses.ts'],
  ['wiring-is-outermost', `${follows}/planted-FORM-compose.ts`, 'functions/profile/compose.ts'],
  ['routes-call-use-cases', `${posts}/planted-FORM-routes.ts`, `${posts}/queries.ts`],
  ['routes-call-use-cases', 'functions/posts/http/planted-FORM.ts', `${shared}/postgres/database.ts`],
  ['drivers-stay-in-shared', `${posts}/planted-FORM-driver.ts`, 'pg'],
  ['no-development-package', `${posts}/planted-FORM-package.ts`, 'vitest'],
  ['no-unresolved', `${posts}/planted-FORM-nowhere.ts`, `${posts}/nowhere.ts`],
] as const

const allowed = [
  [`${posts}/planted-FORM-use-case.ts`, `${posts}/queries.ts`],
  [`${posts}/planted-FORM-more-routes.ts`, `${posts}/create-post.ts`],
  ['functions/posts/comments/planted-FORM-page-queries.ts', `${posts}/queries.ts`],
  [`${posts}/planted-FORM.test.ts`, 'functions/posts/compose.ts'],
] as const

const Named = v.object({ name: v.string() })
const Report = v.object({
  summary: v.object({
    violations: v.array(v.object({ from: v.string(), rule: Named, cycle: v.optional(v.array(Named), []) })),
    ruleSetUsed: v.object({ forbidden: v.array(Named) }),
  }),
})

function plant(file: string, target: string, write: (target: string) => string): void {
  const path = relative(dirname(file), target)
  const specifier = !target.endsWith('.ts') ? target : path.startsWith('.') ? path : `./${path}`
  writeFileSync(join(copy, file), `${write(specifier)}\n`)
}

const reported = new Map<string, readonly string[]>()
let rules: readonly string[] = []

beforeAll(async () => {
  for (const name of ['functions', 'scripts', 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs'])
    cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [form, write] of Object.entries(forms)) {
    for (const [file, target] of [...violations.map(([, ...planted]) => planted), ...allowed])
      plant(file.replace('FORM', form), target.replace('FORM', form), write)
    plant(`${posts}/planted-${form}-cycle-back.ts`, `${posts}/planted-${form}-cycle.ts`, write)
  }
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const options = ['functions', 'scripts', '--preserve-symlinks', '--output-type', 'json']
  const output = await promisify(execFile)(process.execPath, [program, ...options], {
    cwd: copy,
    maxBuffer: 100_000_000,
  }).catch((error: { readonly stdout: string }) => error)
  const { summary } = v.parse(v.pipe(v.string(), v.parseJson(), Report), output.stdout)
  rules = summary.ruleSetUsed.forbidden.map(({ name }) => name)
  // A cycle is reported once, for any of its modules.
  for (const { from, rule, cycle } of summary.violations)
    for (const name of new Set([from, ...cycle.map(module => module.name)]))
      reported.set(name, [...(reported.get(name) ?? []), rule.name])
}, 60_000)

describe.each(violations)('%s', (rule, file, target) => {
  test.each(Object.keys(forms))(`reports that ${file} imports ${target} by %s`, form => {
    expect(reported.get(file.replace('FORM', form))).toContain(rule)
  })
})

test.each(allowed)('%s may import %s', file => {
  for (const form of Object.keys(forms)) expect(reported.get(file.replace('FORM', form))).toBeUndefined()
})

test('each rule has a planted violation', () => {
  const planted = new Set<string>(violations.map(([rule]) => rule))
  expect(planted).toEqual(new Set(rules))
})
