// Writes the files of a release: make release VERSION=0.2.0, from the commit that has the tag v0.2.0.
//   REGISTRY   where the images go (ghcr.io/OWNER); without it they are in the folder, as images.tar.gz
//   IMAGES     a folder with the files of `make release-images`: joins these images of several platforms, and builds none
//   COSIGN_PUBLIC_KEY  a file: the key that the images' signatures are checked with becomes cosign.pub
// An installation takes these files, kubectl and Node, and no checkout: INSTALL.md among them says how.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { log, runCli } from '../cli/cli.ts'
import { type Options, text, UsageError } from '../cli/options.ts'
import { requireTools, root } from '../cluster/command.ts'
import { changesOf } from './changes.ts'
import { writeChecksums } from './checksums.ts'
import { writeClient } from './client.ts'
import { type Digests, imagesOf, platformNote, platformsOf, publishImages, saveImages } from './images.ts'
import { installable, writeInstallations } from './installation.ts'
import { knativeSettings } from './knative-settings.ts'
import { writeNotices } from './notices.ts'
import { joinImages, type PlatformImages, readPlatformImages } from './platform-images.ts'
import { writeSecretsProgram } from './secrets-program.ts'
import { requireTag, version as versionOption } from './version.ts'

/** Knative resolves its names at no registry. */
const sideLoadedRegistry = 'dev.local'

const optionSchemas = {
  VERSION: versionOption('release'),
  REGISTRY: text,
  IMAGES: text,
  COSIGN_PUBLIC_KEY: text,
}

async function release(options: Options<typeof optionSchemas>): Promise<void> {
  const { VERSION: version, REGISTRY, IMAGES, COSIGN_PUBLIC_KEY: publicKey } = options
  requireTools(['docker', 'kubectl', 'npm'])
  await requireTag(`v${version}`)
  const changes = changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)
  const registry = REGISTRY ?? sideLoadedRegistry
  if (IMAGES !== undefined && REGISTRY === undefined)
    throw new UsageError('IMAGES needs the registry that has them: REGISTRY=ghcr.io/OWNER.')
  const published = IMAGES === undefined ? [] : readPlatformImages(IMAGES, { registry, version })
  const folder = join(root, 'release', version)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })

  const digests =
    published.length > 0
      ? await joinPublished(registry, version, published)
      : await buildImages(folder, version, REGISTRY)
  await writeInstallations(folder, { registry, version, digests })
  log(`installations: ${installable.join(', ')}, and each with one Service for all functions`)
  writeFileSync(join(folder, 'knative-settings.sh'), knativeSettings())
  const program = await writeSecretsProgram(join(folder, 'secrets.mjs'))
  await writeClient(folder, version)
  writeNotices(folder, program)
  for (const [from, to] of [
    ['docs/openapi.json', 'openapi.json'],
    ['dist/reference.html', 'reference.html'],
    ['docs/installing.md', 'INSTALL.md'],
    ['LICENSE', 'LICENSE'],
    ...(publicKey === undefined ? [] : [[publicKey, 'cosign.pub'] as const]),
  ] as const)
    copyFileSync(resolve(root, from), join(folder, to))
  writeFileSync(join(folder, 'CHANGES.md'), changes)
  writeChecksums(folder)
  log(`release/${version}: complete`)
}

async function joinPublished(registry: string, version: string, platforms: readonly PlatformImages[]) {
  log(platformNote(platforms.map(({ platform }) => platform)))
  const digests = await joinImages(registry, version, platforms)
  log('images: published, each as a list of its platforms')
  return digests
}

/** Returns the digests at the registry; images in a file have none. */
async function buildImages(folder: string, version: string, registry: string | undefined): Promise<Digests> {
  const images = await imagesOf(registry ?? sideLoadedRegistry, version)
  log(platformNote(await platformsOf(images)))
  const digests =
    registry === undefined
      ? await saveImages(images, join(folder, 'images.tar.gz'))
      : await publishImages(images)
  log(registry === undefined ? 'images: saved' : 'images: published')
  return digests
}

await runCli(
  optionSchemas,
  release,
  'The folder of the release is incomplete; the same command writes it again.',
)
