import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root, run } from '../cluster/command.ts'
import { versions } from '../cluster/tools.ts'
import { processNames } from '../release/overlay.ts'

const folder = createTestFolder()
const images: string[] = []
afterAll(async () => {
  if (images.length > 0) await run`docker image rm --force ${images}`
})

/** Builds a function's image without the builder's cache, and copies what this repository adds to Node's image, /app. */
async function build(part: string, attempt: string) {
  const image = `dev.local/iod-${part}:images-${attempt}`
  images.push(image)
  const settings = [`NODE_IMAGE=${versions()['NODE_IMAGE'] ?? ''}`, `FUNCTION=${part}`]
  const args = settings.flatMap(setting => ['--build-arg', setting])
  await run`docker build --quiet --no-cache --file functions/Dockerfile --tag ${image} ${args} ${root}`
  const files = join(folder, part, attempt)
  mkdirSync(files, { recursive: true })
  const container = (await run`docker create ${image}`).trim()
  try {
    await run`docker cp ${container}:/app/. ${files}`
  } finally {
    await run`docker rm ${container}`
  }
  return { image, files }
}

/** The SHA-256 of each file below the folder. */
function sumsOf(folder: string): Readonly<Record<string, string>> {
  const files = globSync('**', { cwd: folder }).filter(file => statSync(join(folder, file)).isFile())
  return Object.fromEntries(
    files.sort().map(file => [file, hash('sha256', readFileSync(join(folder, file)))]),
  )
}

/** The steps of the image and how it is run, without times and identifiers. The one file that is copied is the code cache. */
async function configurationOf(image: string): Promise<string> {
  const steps = await run`docker history --no-trunc --format ${'{{.CreatedBy}}'} ${image}`
  return `${steps.replace(/\bfile:[\da-f]{64}/, 'file')}${await run`docker image inspect --format ${'{{json .Config}}'} ${image}`}`
}

/** Builds dist/ again, and returns the sums of its files. */
function buildAgain(): Readonly<Record<string, string>> {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  execFileSync(process.execPath, [join(root, 'scripts/build/build.ts')], { cwd: root })
  return sumsOf(join(root, 'dist'))
}

/** What secretlint finds in the folder; empty when it finds nothing. */
function secretsIn(files: string): string {
  const options = ['--secretlintrc', join(root, '.secretlintrc.json'), '--no-gitignore', `${files}/**/*`]
  try {
    return execFileSync(join(root, 'node_modules/.bin/secretlint'), options, { encoding: 'utf8' })
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? `${error.stdout}` : String(error)
  }
}

test('a second build writes the same files', () => {
  expect(buildAgain()).toEqual(buildAgain())
})

describe.each(processNames)('the image of %s', async part => {
  const first = await build(part, 'first')
  const second = await build(part, 'second')

  // V8's code cache depends on a random hash seed, and V8 rejects one that was written with a fixed seed.
  test('has the same files, steps and configuration in a second build, except for V8’s code cache', async () => {
    const [{ 'main.cache': firstCache, ...files }, { 'main.cache': secondCache, ...again }] = [
      sumsOf(first.files),
      sumsOf(second.files),
    ]
    expect([typeof firstCache, typeof secondCache]).toEqual(['string', 'string'])
    expect(Object.keys(files)).toContain('main.cjs')
    expect(files).toEqual(again)
    expect(await configurationOf(first.image)).toBe(await configurationOf(second.image))
  })

  test('has no secret in its files, and none in its steps and variables', async () => {
    writeFileSync(join(first.files, 'configuration.txt'), await configurationOf(first.image))
    expect(secretsIn(first.files)).toBe('')
    writeFileSync(join(first.files, 'planted.txt'), `ghp_${'a1b2'.repeat(9)}`)
    expect(secretsIn(first.files)).toMatch(/planted\.txt/)
  })
})
