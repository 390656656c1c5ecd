import { mkdtempDisposableSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../cluster/command.ts'

/** Responds to probes, and fails every other request. */
const brokenServer = `require('node:http')
  .createServer((request, response) => {
    response.statusCode = request.url === '/healthz' ? 200 : 500
    response.end()
  })
  .listen(Number(process.env.PORT))
process.once('SIGTERM', () => process.exit())`

const dockerfile = (image: string, file: string, target: string, command: string) =>
  `FROM ${image}\nCOPY ${file} ${target}\nCMD ["${command}"]\n`

async function buildImage(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'iod-e2e-'))
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder.path, file), content)
  await run`docker build --quiet --tag ${name} ${folder.path}`
}

/** Loads variants of the deployed posts image, and of its migrations, into the local cluster. */
export async function loadVariants(posts: string) {
  const migrate = posts.replace('/iod-posts:', '/iod-migrate:')
  const images = {
    /** The same content under another name. */
    good: 'dev.local/iod-posts:e2e-good',
    broken: 'dev.local/iod-posts:e2e-broken',
    migrate,
    /** With a migration that the database lacks. */
    migrateAhead: 'dev.local/iod-migrate:e2e-ahead',
  }
  await run`docker tag ${posts} ${images.good}`
  await buildImage(images.broken, {
    Dockerfile: dockerfile(posts, 'broken.cjs', './', 'broken.cjs'),
    'broken.cjs': brokenServer,
  })
  await buildImage(images.migrateAhead, {
    Dockerfile: dockerfile(
      migrate,
      '9999-from-the-future.sql',
      './functions/migrate/migrations/',
      'main.cjs',
    ),
    '9999-from-the-future.sql': 'select 1',
  })
  const loaded = [images.good, images.broken, images.migrateAhead]
  await run`kind load docker-image --name ${process.env['KIND_CLUSTER'] ?? 'iod'} ${loaded}`
  return images
}
