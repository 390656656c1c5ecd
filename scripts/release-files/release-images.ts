// Builds and pushes the images of a release for this machine's platform, and writes their digests, which
// `make release IMAGES=…` joins with those of other platforms: make release-images VERSION=0.2.0 REGISTRY=ghcr.io/OWNER
//   IMAGES     the folder that the file goes to (release/images)
import { log, runCli } from '../cli/cli.ts'
import { type Options, required, textOr, UsageError } from '../cli/options.ts'
import { requireTools, run } from '../cluster/command.ts'
import { imagesOf, platformsOf, publishImages } from './images.ts'
import { platformNames, writePlatformImages } from './platform-images.ts'
import { requireTag, version } from './version.ts'

const optionSchemas = {
  VERSION: version('release-images'),
  REGISTRY: required(': the images of several platforms meet in one, REGISTRY=ghcr.io/OWNER'),
  IMAGES: textOr('release/images'),
}

async function publish({
  VERSION: version,
  REGISTRY: registry,
  IMAGES: folder,
}: Options<typeof optionSchemas>) {
  requireTools(['docker'])
  await requireTag(`v${version}`)
  const built = await imagesOf(registry, version)
  const [platform = '', ...others] = await platformsOf(built)
  if (others.length > 0) throw new UsageError(`the images are for ${[platform, ...others].join(' and ')}.`)
  const images = platformNames(built, platform)
  for (const [part, image] of Object.entries(images)) await run`docker tag ${built[part] ?? ''} ${image}`
  log(`images: built for ${platform}`)
  const digests = await publishImages(images)
  log(`images: published; ${writePlatformImages(folder, { platform, registry, version, digests })}`)
}

await runCli(optionSchemas, publish, 'Some images may be published; the same command publishes them again.')
