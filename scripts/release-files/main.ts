// Writes the files of a release: make release VERSION=0.2.0, from the commit that has the tag v0.2.0.
//   REGISTRY   where the images go (ghcr.io/OWNER); without it they are in the folder, as images.tar.gz
// An installation takes these files, kubectl and Node, and no checkout: INSTALL.md among them says how.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { log, runCli } from '../cli/cli.ts'
import { type Options, text, UsageError } from '../cli/options.ts'
import { root, run } from '../cluster/command.ts'
import { environments } from '../release/overlay.ts'
import { changesOf } from './changes.ts'
import { writeChecksums } from './checksums.ts'
import { writeClient } from './client.ts'
import { imagesOf, platformNote, platformsOf, publishImages, saveImages } from './images.ts'
import { installationFile } from './installation.ts'
import { knativeSettings, writeNotices, writeProgram } from './texts.ts'

/** `make up` and `make compose` serve one machine, from a checkout. */
const installable = environments.filter(environment => environment !== 'kind')

const example = 'is a number such as 0.2.0: make release VERSION=0.2.0'
const optionSchemas = {
  VERSION: v.pipe(v.string(example), v.regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/, example)),
  REGISTRY: text,
}

async function release({ VERSION: version, REGISTRY }: Options<typeof optionSchemas>): Promise<void> {
  await requireTag(`v${version}`)
  const changes = changesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version)
  const registry = REGISTRY ?? 'dev.local'
  const folder = join(root, 'release', version)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })

  const images = await imagesOf(registry, version)
  log(platformNote(await platformsOf(images)))
  const digests =
    REGISTRY === undefined
      ? await saveImages(images, join(folder, 'images.tar.gz'))
      : await publishImages(images)
  log(REGISTRY === undefined ? 'images: saved' : 'images: published')
  for (const environment of installable)
    writeFileSync(
      join(folder, `iod-${environment}.yaml`),
      await installationFile({ environment, registry, version, digests }),
    )
  log(`installations: ${installable.join(', ')}`)
  writeFileSync(join(folder, 'knative-settings.sh'), knativeSettings())
  const program = await writeProgram(join(folder, 'secrets.mjs'))
  await writeClient(folder, version)
  writeNotices(folder, program)
  for (const [from, to] of [
    ['docs/openapi.json', 'openapi.json'],
    ['dist/reference.html', 'reference.html'],
    ['docs/installing.md', 'INSTALL.md'],
    ['LICENSE', 'LICENSE'],
  ] as const)
    copyFileSync(join(root, from), join(folder, to))
  writeFileSync(join(folder, 'CHANGES.md'), changes)
  writeChecksums(folder)
  log(`release/${version}: complete`)
}

/** A release can be built again from its tag alone. */
async function requireTag(tag: string): Promise<void> {
  const [changed, head, tagged] = await Promise.all([
    run`git status --porcelain`,
    run`git rev-parse HEAD`,
    run`git rev-parse --verify --quiet ${tag}^{commit}`.catch(() => ''),
  ])
  if (changed.trim() !== '') throw new UsageError('there are uncommitted changes: a release is a commit.')
  if (head !== tagged)
    throw new UsageError(`the tag ${tag} does not name this commit. Set it: git tag ${tag}, or check it out.`)
}

await runCli(
  optionSchemas,
  release,
  'The folder of the release is incomplete; the same command writes it again.',
)
