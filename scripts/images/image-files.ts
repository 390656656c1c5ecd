import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { globSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root, run } from '../cluster/command.ts'
import { versions } from '../cluster/tools.ts'

/** Builds a function's image without the builder's cache. */
export async function buildImage(part: string, name: string): Promise<void> {
  const settings = [`NODE_IMAGE=${versions()['NODE_IMAGE'] ?? ''}`, `FUNCTION=${part}`]
  const args = settings.flatMap(setting => ['--build-arg', setting])
  await run`docker build --quiet --no-cache --file functions/Dockerfile --tag ${name} ${args} ${root}`
}

/** Copies what the image has in /app, which is all that this repository adds to Node's image. */
export async function copyFiles(image: string, folder: string): Promise<void> {
  const container = (await run`docker create ${image}`).trim()
  try {
    await run`docker cp ${container}:/app/. ${folder}`
  } finally {
    await run`docker rm ${container}`
  }
}

/** The SHA-256 of each file below the folder. */
export function sumsOf(folder: string): Readonly<Record<string, string>> {
  const files = globSync('**', { cwd: folder }).filter(file => statSync(join(folder, file)).isFile())
  return Object.fromEntries(
    files.sort().map(file => [file, hash('sha256', readFileSync(join(folder, file)))]),
  )
}

/** The steps of the image and how it is run, without times and identifiers. The one file that is copied is the code cache. */
export async function configurationOf(image: string): Promise<string> {
  const steps = await run`docker history --no-trunc --format ${'{{.CreatedBy}}'} ${image}`
  return `${steps.replace(/\bfile:[\da-f]{64}/, 'file')}${await run`docker image inspect --format ${'{{json .Config}}'} ${image}`}`
}

/** Builds dist/ again, and returns the sums of its files. */
export function buildAgain(): Readonly<Record<string, string>> {
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  execFileSync(process.execPath, [join(root, 'scripts/build/build.ts')], { cwd: root })
  return sumsOf(join(root, 'dist'))
}
