import { run } from '../cluster/command.ts'
import { imageName, imageParts } from '../release/overlay.ts'

/** The image of each part, under the name that has the release's version. */
export type Images = Readonly<Record<string, string>>
export type Digests = Readonly<Record<string, string>>

/** Builds the images of this commit, and names them after the version. */
export async function imagesOf(registry: string, version: string): Promise<Images> {
  const commit = (await run`kind/build-images.sh`).trim().split('\n').at(-1) ?? ''
  const entries = await Promise.all(
    imageParts.map(async part => {
      const name = imageName(registry, part, version)
      await run`docker tag ${imageName(registry, part, commit)} ${name}`
      return [part, name] as const
    }),
  )
  return Object.fromEntries(entries)
}

/** Docker's names of the platforms that the images run on: `linux/amd64`. */
export async function platformsOf(images: Images): Promise<readonly string[]> {
  const names = Object.values(images)
  const written = await run`docker image inspect --format ${'{{.Os}}/{{.Architecture}}'} ${names}`
  return [...new Set(written.trim().split('\n'))]
}

const supported = ['linux/amd64', 'linux/arm64']

/** Says for which platforms a release has images. A builder has only its own: V8's code cache is made by running them. */
export function platformNote(platforms: readonly string[]): string {
  const missing = supported.filter(platform => !platforms.includes(platform))
  const without = `, not for ${missing.join(', ')}: run make release-images on a machine of each, then make release IMAGES=FOLDER`
  return `images: built for ${platforms.join(', ')}${missing.length > 0 ? without : ''}`
}

/** Pushes the images. Returns the digests under which the registry keeps them, by part. */
export async function publishImages(images: Images): Promise<Digests> {
  const digests: Record<string, string> = {}
  for (const [part, image] of Object.entries(images)) {
    await run`docker push --quiet ${image}`
    const known = await run`docker image inspect --format ${'{{join .RepoDigests "\\n"}}'} ${image}`
    const repository = repositoryOf(image)
    const digest = known
      .split('\n')
      .find(one => one.startsWith(`${repository}@`))
      ?.split('@')[1]
    if (digest === undefined) throw new Error(`${image} was pushed, and Docker knows no digest of it`)
    digests[part] = digest
  }
  return digests
}

/** Returns the name of an image without its tag. */
export const repositoryOf = (image: string) => image.slice(0, image.lastIndexOf(':'))

/** Saves the images for clusters without a registry. Their names keep the version: a digest is a registry's. */
export async function saveImages(images: Images, file: string): Promise<Digests> {
  await run`bash -o pipefail -c ${'docker save "$@" | gzip >"$0"'} ${file} ${Object.values(images)}`
  return {}
}
