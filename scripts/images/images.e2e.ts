import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root, run } from '../cluster/command.ts'
import { processNames } from '../release/overlay.ts'
import { buildAgain, buildImage, configurationOf, copyFiles, sumsOf } from './image-files.ts'

const folder = createTestFolder()
const images: string[] = []
afterAll(async () => {
  if (images.length > 0) await run`docker image rm --force ${images}`
})

/** Builds an image and copies its files. */
async function build(part: string, attempt: string) {
  const image = `dev.local/iod-${part}:images-${attempt}`
  images.push(image)
  await buildImage(part, image)
  const files = join(folder, part, attempt)
  mkdirSync(files, { recursive: true })
  await copyFiles(image, files)
  return { image, files }
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
