// What a person reads who starts a command where something is missing or wrong: one sentence, and what to do.
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { functions } from '../../functions/registry.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { runScript } from '../cluster/test-script.ts'
import { findFreePort } from '../services/free-port.ts'

const folder = createTestFolder()
const noArchive = join(folder, 'iod-dev.tar.zst')
writeFileSync(noArchive, 'This is no archive.')

const unreachable = 'postgres://iod:secret@127.0.0.1:1/iod'
const passwords = Object.fromEntries(
  functions.map(({ name }) => [`${name.toUpperCase()}_DATABASE_PASSWORD`, 'x'.repeat(24)]),
)
const noKubectl = 'Refused: kubectl is needed and is not on PATH: install kubectl'
const noDocker = 'Refused: docker is needed and is not on PATH: install Docker Engine'
const noServer = 'Refused: the server does not respond (connect ECONNREFUSED 127.0.0.1:1). Start it'

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['admin/admin.ts', { EMAIL: 'ada@example.com', ON: 'url', DATABASE_URL: unreachable }, noServer],
  ['admin/admin.ts', { EMAIL: 'ada@example.com', ON: 'cluster' }, noKubectl],
  ['backup/backup.ts', { ON: 'url', DATABASE_URL: unreachable }, noServer],
  ['backup/backup.ts', { ON: 'cluster' }, noKubectl],
  [
    'backup/restore.ts',
    { ON: 'url', FROM: noArchive, DATABASE_URL: unreachable, ...passwords },
    'the file is damaged or cut off, or no archive',
  ],
  ['backup/export-secrets.ts', { DATA_FOLDER: '/nowhere' }, 'Refused: `make dev` has no Secrets yet'],
  ['chaos/main.ts', {}, 'Refused: make chaos runs only on the cluster of `make up` of this checkout'],
  ['performance/main.ts', { ONLY: 'nope' }, 'Refused: there is no part nope: ONLY takes start, '],
  ['release-files/main.ts', { VERSION: '1.2.3' }, noDocker],
  ['release-files/main.ts', {}, 'Refused: VERSION is a number such as 0.2.0: make release VERSION=0.2.0.'],
  ['release-files/release-images.ts', { VERSION: '1.2.3' }, 'Refused: REGISTRY is missing'],
  ['release-files/release-images.ts', { VERSION: '1.2.3', REGISTRY: 'ghcr.io/owner' }, noDocker],
  ['release/history.ts', {}, noKubectl],
  ['release/rollback.ts', { FUNCTION: 'posts' }, noKubectl],
  ['restore-drill/restore-drill.ts', {}, noKubectl],
  ['secrets/rotate-keys.ts', { NOW: 'maybe' }, 'Refused: NOW is one of 1, yes, not maybe.'],
  [
    'secrets/rotate-keys.ts',
    { WORDS: '/nowhere/signing-keys.json /nowhere/jwks.json' },
    'Refused: there is no /nowhere/signing-keys.json: make dev writes it',
  ],
  ['cli/require.ts', { WORDS: 'checkov' }, 'Refused: checkov is needed and is not on PATH: install it: pipx'],
  ['cli/require.ts', { WORDS: 'cluster' }, noKubectl],
  [
    'cli/require.ts',
    { WORDS: 'local-cluster', CA_FILE: '/nowhere/ca.crt' },
    'Refused: there is no local cluster, as /nowhere/ca.crt is missing: make up.',
  ],
])('scripts/%s with %j is refused', async (script, { WORDS = '', ...environment }, refusal) => {
  const words = WORDS.split(' ').filter(Boolean)
  const { code, text } = await runScript(`scripts/${script}`, {}, environment, words)
  expect(code).toBe(1)
  expect(text).toContain(refusal)
  expect(text.trim().split('\n')).toHaveLength(1)
})

test.each(['', 'nope'])('a comparison with the commit “%s” is refused', ref => {
  const { status, stdout, stderr } = spawnSync(join(root, 'scripts/performance/compare.sh'), [ref], {
    encoding: 'utf8',
  })
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(
    /^Refused: REF (?:nope )?is no commit of this repository; name one, as in REF=main\.\n$/,
  )
})

test.each([
  ['test FILE=functions/posts', 'Refused: there is no option FILE; there are FILES.'],
  ['verify FILES=functions/posts', 'Refused: there is no option FILES; it takes none.'],
  ['up REPLCE=yes', 'Refused: there is no option REPLCE; there are HTTP_PORT '],
  ['compose-down DAT=yes', 'Refused: there is no option DAT; there are DATA.'],
  ['start-time ONLI=start', 'Refused: there is no option ONLI; it takes none.'],
  ['cpu-guard REFS=main', 'Refused: there is no option REFS; there are REF ROUTES.'],
  [
    `dev PORT=${await findFreePort()} DATA_FOLDER=${join(folder, 'data')} CORS_ORIGINS=nowhere PASSWORD_COST=99`,
    'auth does not start with this configuration: CORS_ORIGINS must be origins, https://app.example, with commas between, or *; PASSWORD_COST must be at most',
  ],
  ['rotate-keys NOW=a$b$$c', 'Refused: NOW is one of 1, yes, not a$b$$c.'],
  [`admin EMAIL=o'neil@example.com ON=url DATABASE_URL=${unreachable}`, noServer],
  ['dev SED=demo', 'There is no option SED: PORT, SEED and DATA_FOLDER are those of `make dev`'],
])('make %s is refused', (words, refusal) => {
  // Of a `make test-commands FILES=…`, whose options would be those of this one too.
  const env = { ...process.env, MAKEFLAGS: '' }
  const { status, stderr } = spawnSync('make', words.split(' '), { cwd: root, encoding: 'utf8', env })
  expect(status).toBe(2)
  expect(stderr).toContain(refusal)
})

test('an installation without Node 26 is refused, and not marked as finished', () => {
  const home = mkdtempSync(join(folder, 'old-node-'))
  for (const file of ['Makefile', 'package.json', 'package-lock.json', '.npmrc'])
    copyFileSync(join(root, file), join(home, file))
  mkdirSync(join(home, 'node_modules'))
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/npm'), '#!/bin/sh\n', { mode: 0o755 })
  // Of Node 20, only what it says to the question for its version.
  writeFileSync(join(home, 'bin/node'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const env = { ...process.env, MAKEFLAGS: '', PATH: `${join(home, 'bin')}:${process.env['PATH']}` }
  const { status, stderr } = spawnSync('make', ['install'], { cwd: home, encoding: 'utf8', env })
  expect(status).toBe(2)
  expect(stderr).toContain('Refused: Node 26 is needed.')
  expect(existsSync(join(home, 'node_modules/.installed'))).toBe(false)
})
