// `make client`: writes the typed client of this checkout, with its own functions, as a package for another project.
import { mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { runCli } from '../cli/cli.ts'
import { textOr } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { writeClient } from '../release-files/client.ts'

const Package = v.object({ version: v.string() })

await runCli({ TO: textOr('release') }, async ({ TO }) => {
  const folder = resolve(root, TO)
  const { version } = v.parse(Package, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  mkdirSync(folder, { recursive: true })
  await writeClient(folder, version)
  console.log(`In the other project: npm install ${join(folder, `iod-client-${version}.tgz`)}`)
})
