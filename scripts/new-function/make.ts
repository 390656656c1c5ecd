// `make function NAME=media`: writes a working function from template/.
import { log, runCli } from '../cli/cli.ts'
import { type Options, required, UsageError } from '../cli/options.ts'
import { execute } from '../cluster/command.ts'
import { withoutKubectl, writeDerivedFiles } from './derived-files.ts'
import { addFunction } from './function-files.ts'
import { nameFault } from './function-name.ts'

const optionSchemas = { NAME: required(': make function NAME=media') }

async function main({ NAME: name }: Options<typeof optionSchemas>): Promise<void> {
  const fault = nameFault(name)
  if (fault !== undefined) throw new UsageError(`${fault}.`)
  const written = addFunction(name)
  // A name shorter or longer than the template's changes where lines break.
  await execute('biome', ['check', '--write', '--error-on-warnings', `functions/${name}`])
  for (const path of written) log(path)
  const isRendered = await writeDerivedFiles(log)
  console.log(`
  curl http://localhost:8080/${name}/items    in \`make dev\`, which starts it by itself
  make verify                                 types, layers, documents
  make test FILES=functions/${name}
  make up                                     on the local cluster

It lists the one row of its migration. docs/adding-a-function.md makes it more.
To take it away: make remove-function NAME=${name}`)
  if (!isRendered) console.log(`\n${withoutKubectl}`)
}

await runCli(optionSchemas, main, 'What is written so far goes away with `make remove-function`.')
