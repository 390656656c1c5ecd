// The images of a release for several platforms. Each platform's are built and pushed on a machine of its own by
// `make release-images`; `make release IMAGES=FOLDER` joins them into one manifest list per part.
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { UsageError } from '../cli/options.ts'
import { run } from '../cluster/command.ts'
import { imageName, imageParts } from '../release/overlay.ts'
import { type Digests, type Images, repositoryOf } from './images.ts'

const digest = v.pipe(v.string(), v.regex(/^sha256:[\da-f]{64}$/))
const PlatformImages = v.object({
  platform: v.string(),
  registry: v.string(),
  version: v.string(),
  digests: v.record(v.string(), digest),
})
const PlatformFile = v.pipe(v.string(), v.parseJson(), PlatformImages)
export type PlatformImages = v.InferOutput<typeof PlatformImages>

/** Writes what was pushed for one platform, as `linux-arm64.json`. */
export function writePlatformImages(folder: string, images: PlatformImages): string {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `${images.platform.replace('/', '-')}.json`)
  writeFileSync(file, `${JSON.stringify(images, undefined, 2)}\n`)
  return file
}

/** Reads the files of a folder. Rejects those of another release, and a platform that lacks a part. */
export function readPlatformImages(
  folder: string,
  { registry, version }: { registry: string; version: string },
): readonly PlatformImages[] {
  const files = globSync('*.json', { cwd: folder })
  if (files.length === 0)
    throw new UsageError(`IMAGES names ${folder}, which has no file of make release-images.`)
  return files.sort().map(name => {
    const result = v.safeParse(PlatformFile, readFileSync(join(folder, name), 'utf8'))
    if (!result.success) throw new UsageError(`${join(folder, name)} is no file of make release-images.`)
    const images = result.output
    if (images.registry !== registry || images.version !== version)
      throw new UsageError(`${join(folder, name)} is of ${images.version} at ${images.registry}.`)
    const missing = imageParts.filter(part => images.digests[part] === undefined)
    if (missing.length > 0) throw new UsageError(`${join(folder, name)} lacks ${missing.join(', ')}.`)
    return images
  })
}

/** Publishes a manifest list per part. Returns the digests of the lists. */
export async function joinImages(
  registry: string,
  version: string,
  platforms: readonly PlatformImages[],
): Promise<Digests> {
  const insecure = registry.startsWith('localhost:') ? ['--insecure'] : []
  const digests: Record<string, string> = {}
  for (const part of imageParts) {
    const list = imageName(registry, part, version)
    const members = platforms.map(({ digests }) => `${repositoryOf(list)}@${digests[part]}`)
    // Docker keeps a list that it has not pushed yet, and refuses to create it a second time.
    await run`docker manifest rm ${list}`.catch(() => undefined)
    await run`docker manifest create ${insecure} ${list} ${members}`
    const printed = await run`docker manifest push --purge ${insecure} ${list}`
    digests[part] = v.parse(digest, printed.trim().split('\n').at(-1))
  }
  return digests
}

/** The names of one platform's images: the version and the architecture, so that no push of another replaces them. */
export const platformNames = (images: Images, platform: string): Images =>
  Object.fromEntries(
    Object.entries(images).map(([part, name]) => [part, `${name}-${platform.split('/').at(-1)}`]),
  )
