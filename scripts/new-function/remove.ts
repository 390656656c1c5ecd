// `make remove-function NAME=media`: takes away a function, its documents and its schema in the database of `make dev`.
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { log, readOption, runCli, UsageError } from '../cli.ts'
import { root } from '../cluster/command.ts'
import { withoutKubectl, writeDerivedFiles } from './derived-files.ts'
import { dropFromDevelopment, dropStatements } from './drop-schema.ts'
import { removeFunction } from './function-files.ts'

async function main(): Promise<void> {
  const name = readOption('NAME')
  if (name === undefined) throw new UsageError('Which one? `make remove-function NAME=media`.')
  const folder = join(root, 'functions', name)
  if (!/^[a-z][a-z0-9]*$/.test(name) || !existsSync(join(folder, 'function.ts')))
    throw new UsageError(`There is no function ${name}.`)
  if (globSync('migrations/*-baseline.sql', { cwd: folder }).length > 0)
    throw new UsageError(`The schemas of the others build on that of ${name}.`)
  // Before its files: a running `make dev` restarts without it.
  const isDropped = await dropFromDevelopment(name)
  removeFunction(name)
  log(`functions/${name}, its manifest and its line of the registry are gone`)
  const isRendered = await writeDerivedFiles(log)
  if (!isDropped)
    console.log(`
The database of \`make dev\` is not running and keeps the schema. Before the next migration, in it or without .data:
${dropStatements(name)}`)
  console.log(`
On a cluster that has it: kubectl delete --namespace iod services.serving.knative.dev ${name}, then the same statements.`)
  if (!isRendered) console.log(`\n${withoutKubectl}`)
}

await runCli(main, 'Run it again: it goes on where it stopped.')
