import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import settings from '../../.github/renovate.json' with { type: 'json' }
import { root } from '../cluster/command.ts'
import { versions } from '../cluster/tools.ts'

const pattern = settings.customManagers[0]?.matchStrings[0] ?? ''
const file = readFileSync(join(root, 'kind/versions.env'), 'utf8')
const found = [...file.matchAll(new RegExp(pattern, 'g'))].map(({ groups }) => groups ?? {})

test('Renovate finds a version below each of its comments', () => {
  expect(found.length).toBeGreaterThan(10)
  expect(found).toHaveLength(file.match(/^# renovate:/gm)?.length ?? 0)
})

test('every other version says that it is raised by hand', () => {
  const lines = file.split('\n')
  const isExplained = (index: number) => /^# (?:renovate:|By hand:)/.test(lines[index - 1] ?? '')
  const unexplained = lines.filter((line, index) => /^[A-Z_]+=/.test(line) && !isExplained(index))
  expect(unexplained).toEqual([])
  expect(Object.keys(versions()).length).toBeGreaterThan(found.length)
})

test.each([
  ['kindest/node', /^v1\.\d+\.\d+$/],
  ['knative/serving', /^v1\.\d+\.\d+$/],
  ['ghcr.io/cloudnative-pg/postgresql', /^\d+(\.\d+)?-standard-trixie$/],
  ['edoburu/pgbouncer', /^v1\.\d+\.\d+-p\d+$/],
  ['node', /^\d+-slim$/],
])('the version of %s is the whole of it', (name, expected) => {
  expect(found.find(({ depName }) => depName === name)?.['currentValue']).toMatch(expected)
})

test('a digest is raised with its tag', () => {
  expect(found.find(({ depName }) => depName === 'kindest/node')?.['currentDigest']).toMatch(/^sha256:/)
})

test('the pattern looks neither ahead nor behind, which RE2 of Renovate cannot', () => {
  expect(pattern).not.toMatch(/\(\?<?[=!]/)
})
