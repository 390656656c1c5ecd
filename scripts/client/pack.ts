// `make client`: writes the typed client of this checkout, with its own functions, as a package for another project.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }
import { runCli } from '../cli/cli.ts'
import { textOr } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { writeClient } from '../release-files/client.ts'

await runCli({ TO: textOr('release') }, async ({ TO }) => {
  const folder = resolve(root, TO)
  const { version } = manifest
  mkdirSync(folder, { recursive: true })
  await writeClient(folder, version)
  console.log(`In the other project: npm install ${join(folder, `iod-client-${version}.tgz`)}`)
})
