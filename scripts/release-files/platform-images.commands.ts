import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { writePrograms } from '../cluster/test-programs.ts'
import { imageParts } from '../release/overlay.ts'
import { joinImages, platformNames, readPlatformImages, writePlatformImages } from './platform-images.ts'

const folder = createTestFolder()

const registry = 'ghcr.io/owner'
const version = '1.2.3'
const digestOf = (digit: string) => `sha256:${digit.repeat(64)}`
const imagesFor = (platform: string, digit: string) => ({
  platform,
  registry,
  version,
  digests: Object.fromEntries(imageParts.map(part => [part, digestOf(digit)])),
})
const platforms = [imagesFor('linux/amd64', 'a'), imagesFor('linux/arm64', 'b')]

const place = join(folder, 'images')
beforeEach(() => {
  rmSync(place, { recursive: true, force: true })
  mkdirSync(place)
})

test('what each platform publishes is read from the files of both', () => {
  expect(platforms.map(images => writePlatformImages(place, images))).toEqual([
    join(place, 'linux-amd64.json'),
    join(place, 'linux-arm64.json'),
  ])
  expect(readPlatformImages(place, { registry, version })).toEqual(platforms)
})

test.each([
  ['no file', {}, 'which has no file of make release-images.'],
  ['text', { 'a.json': '{' }, 'a.json is no file of make release-images.'],
  [
    'another version',
    { 'a.json': JSON.stringify({ ...platforms[0], version: '1.2.2' }) },
    'a.json is of 1.2.2 at ghcr.io/owner.',
  ],
  [
    'a part too few',
    { 'a.json': JSON.stringify({ ...platforms[0], digests: {} }) },
    'a.json lacks migrate, auth',
  ],
])('a folder with %s is refused', (_, files, refusal) => {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, name), content)
  expect(() => readPlatformImages(place, { registry, version })).toThrow(refusal)
})

test('the images of one platform have names that those of another do not replace', () => {
  expect(platformNames({ posts: 'ghcr.io/owner/iod-posts:1.2.3' }, 'linux/arm64')).toEqual({
    posts: 'ghcr.io/owner/iod-posts:1.2.3-arm64',
  })
})

test('one list per part has the image of each platform, and its digest is the one that is installed', async () => {
  const calls = join(folder, 'calls')
  const list = digestOf('c')
  // As Docker prints: what it pushed of each image, then the digest of the list.
  const push = `push) echo "Pushed ref ghcr.io/owner/iod-posts with digest: ${digestOf('a')}"; echo ${list} ;;`
  writePrograms(folder, { docker: `echo "$*" >>${calls}\ncase "$2" in rm) exit 1 ;; ${push} esac` })
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`)
  const digests = await joinImages(registry, version, platforms)
  vi.unstubAllEnvs()
  expect(digests).toEqual(Object.fromEntries(imageParts.map(part => [part, list])))
  const created = readFileSync(calls, 'utf8')
    .split('\n')
    .filter(line => line.startsWith('manifest create'))
  expect(created).toEqual(
    imageParts.map(part => {
      const name = `ghcr.io/owner/iod-${part}`
      return `manifest create ${name}:1.2.3 ${name}@${digestOf('a')} ${name}@${digestOf('b')}`
    }),
  )
})
