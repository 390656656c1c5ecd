import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { functions } from '../../functions/registry.ts'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { isInstalled, root } from '../cluster/command.ts'
import { runScript } from '../cluster/test-script.ts'
import { readRendered, renderedFile } from '../manifests/rendered.ts'
import { secretsReferredTo } from '../manifests/secret-references.ts'
import { imageParts } from '../release/overlay.ts'
import { changesOf } from './changes.ts'
import { writeChecksums } from './checksums.ts'
import { platformNote } from './images.ts'
import { writeInstallations } from './installation.ts'
import { knativeSettings } from './knative-settings.ts'
import { writeNotices } from './notices.ts'
import { secretsFor } from './secrets.ts'
import { writeSecretsProgram } from './secrets-program.ts'

const folder = createTestFolder()

const provider = {
  databaseUrl: 'postgres://owner:secret@db.example.test:5432/main?sslmode=verify-full',
  redisUrl: 'rediss://user:word@redis.example.test:6380',
}
const production = readRendered('production')
type Secrets = ReturnType<typeof secretsFor>
const valueIn = ({ items }: Secrets, name: string, key: string) =>
  items.find(({ metadata }) => metadata.name === name)?.stringData[key]

describe('the Secrets of an installation', () => {
  test.each([
    ['kind', {}],
    ['production', provider],
  ])('%s: exactly those that it refers to', (overlay, options) => {
    const objects = readRendered(overlay)
    const names = secretsFor(objects, { databaseUrl: undefined, redisUrl: undefined, ...options }).items.map(
      ({ metadata }) => metadata.name,
    )
    expect(names.toSorted()).toEqual(secretsReferredTo(objects).filter(name => name !== 'api-tls'))
  })

  test('lead to the servers of a provider, with a role for each function', () => {
    const secrets = secretsFor(production, provider)
    expect(valueIn(secrets, 'migrate', 'DATABASE_URL')).toBe(provider.databaseUrl)
    expect(valueIn(secrets, 'pgbouncer', 'databases.ini')).toContain(
      'iod = host=db.example.test port=5432 dbname=main',
    )
    expect(valueIn(secrets, 'postgres-exporter', 'DATA_SOURCE_NAME')).toMatch(
      /^postgres:\/\/iod_monitor:[\w-]{43}@db\.example\.test:5432\/main\?sslmode=verify-full$/,
    )
    for (const { name, databaseRole } of functions) {
      expect(valueIn(secrets, name, 'DATABASE_URL')).toMatch(
        new RegExp(`^postgres://${databaseRole}:[\\w-]{43}@pgbouncer:6432/iod$`),
      )
      expect(valueIn(secrets, name, 'REDIS_URL')).toBe(provider.redisUrl)
      expect(valueIn(secrets, name, 'REDIS_CACHE_URL')).toBeUndefined()
    }
  })

  test('are refused without a provider where the installation brings no Postgres', () => {
    expect(() => secretsFor(production, { databaseUrl: undefined, redisUrl: undefined })).toThrow(
      'brings no Postgres and Redis. Name them: DATABASE_URL=',
    )
  })

  test.each([
    ['/nowhere.yaml', {}, "no such file or directory, open '/nowhere.yaml'"],
    [renderedFile('../platform/config-features'), {}, 'there is no Namespace among the objects'],
    [renderedFile('production'), { DATABASE_URL: 'db.test' }, 'DATABASE_URL must be a URL (postgres, '],
    [
      renderedFile('production'),
      { DATABASE_URL: 'postgres://a:hunter2@db.test' },
      'must name the host and the database',
    ],
    [
      renderedFile('production'),
      { REDIS_URL: 'http://a:hunter2@r.test' },
      'REDIS_URL must be a URL (redis, ',
    ],
    [
      renderedFile('production'),
      { REDIS_URL: 'redis://a:hunter2%@r.test' },
      'REDIS_URL must have each % in its',
    ],
  ])('of %s with %j are refused in one line', async (path, wrong, refusal) => {
    const servers = { DATABASE_URL: provider.databaseUrl, REDIS_URL: provider.redisUrl, ...wrong }
    const { code, text } = await runScript('scripts/release-files/secrets.ts', {}, servers, [path])
    expect([code, text.trim().split('\n')]).toEqual([1, [expect.stringContaining(refusal)]])
    expect(text).not.toContain('hunter2')
  })

  test('are printed by one file, with no package and no checkout beside it', async () => {
    const program = await writeSecretsProgram(join(folder, 'secrets.mjs'))
    writeFileSync(join(folder, 'iod-kind.yaml'), readFileSync(renderedFile('kind')))
    const printed = execFileSync(process.execPath, ['secrets.mjs', 'iod-kind.yaml'], { cwd: folder, env: {} })
    const { items }: Secrets = JSON.parse(printed.toString())
    expect(items.map(({ metadata }) => metadata.name)).toContain('jwks')
    writeNotices(folder, program)
    expect(readFileSync(join(folder, 'NOTICES-secrets.txt'), 'utf8')).toContain('yaml ')
  })
})

test('the changes are the section of the version, and for a pre-release what is unreleased', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n- new\n\n## 0.2.0\n\n- old\n'
  expect(changesOf(changelog, '0.2.0')).toBe('## 0.2.0\n\n- old\n')
  expect(changesOf(changelog, '0.3.0-rc.1')).toBe('## Unreleased\n\n- new\n\n')
  expect(() => changesOf(changelog, '0.3.0')).toThrow('CHANGELOG.md has no section “## 0.3.0”')
})

test.runIf(isInstalled('kubectl'))(
  'an environment has a file of each form, and images.txt names all images',
  async () => {
    const files = mkdtempSync(join(folder, 'files-'))
    const digests = Object.fromEntries(
      imageParts.map((part, index) => [part, `sha256:${String(index).repeat(64)}`]),
    )
    const release = { registry: 'ghcr.io/owner', version: '1.2.3', digests }
    await writeInstallations(files, release, ['production', 'behind-gateway'])
    const forms = ['production', 'behind-gateway'].flatMap(name => [
      `iod-${name}-together.yaml`,
      `iod-${name}.yaml`,
    ])
    expect(readdirSync(files).sort()).toEqual([...forms, 'images.txt'].sort())
    const named = readFileSync(join(files, 'images.txt'), 'utf8').trim().split('\n')
    expect(named).toEqual(imageParts.map(part => `ghcr.io/owner/iod-${part}@${digests[part]}`).sort())
    for (const form of forms) {
      const written = readFileSync(join(files, form), 'utf8')
      expect(written.match(/ghcr\.io\/owner\/iod-[^"\s]+/g)?.filter(image => !named.includes(image))).toEqual(
        [],
      )
      expect(written.includes('/iod-together@')).toBe(form.endsWith('-together.yaml'))
      expect(written).not.toMatch(/image: iod-/)
    }
  },
)

test('the settings of Knative are patches of objects in its own namespaces', () => {
  const patches = knativeSettings().match(
    /^kubectl --namespace (?:knative-serving|kourier-system) patch .*$/gm,
  )
  expect(patches).toHaveLength(readdirSync(join(root, 'knative/platform')).length - 1)
  expect(patches?.join()).not.toContain('--type')
  expect(patches?.join('\n')).toContain('{"spec":{"externalTrafficPolicy":"Local"}}')
})

test.each([
  [
    ['linux/amd64'],
    'images: built for linux/amd64, not for linux/arm64: run make release-images on a machine of each',
  ],
  [
    ['linux/arm64'],
    'images: built for linux/arm64, not for linux/amd64: run make release-images on a machine of each',
  ],
  [['linux/amd64', 'linux/arm64'], 'images: built for linux/amd64, linux/arm64'],
])('a release of %j says so', (platforms, note) => {
  expect(platformNote(platforms).split(', then')[0]).toBe(note)
})

test('the checksums cover every file', () => {
  const sums = mkdtempSync(join(folder, 'sums-'))
  writeFileSync(join(sums, 'a'), 'content')
  writeChecksums(sums)
  const sum = createHash('sha256').update('content').digest('hex')
  expect(readFileSync(join(sums, 'SHA256SUMS'), 'utf8')).toBe(`${sum}  a\n`)
})
