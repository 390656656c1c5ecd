// `make remove-function NAME=media`: takes away a function, its documents and its schema in the database of `make dev`;
// afterwards, with ON=cluster or ENVIRONMENT, from a cluster.

import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { log, runCli } from '../cli/cli.ts'
import { type Options, required, text, UsageError } from '../cli/options.ts'
import { root } from '../cluster/command.ts'
import { developmentOrCluster, placeOf, targetOf } from '../release/target.ts'
import { withoutKubectl, writeDerivedFiles } from './derived-files.ts'
import { dropFromDevelopment, dropStatements } from './drop-schema.ts'
import { forgetFunction, removeFunction } from './function-files.ts'
import { nameFault } from './function-name.ts'
import { removeFromCluster } from './remove-from-cluster.ts'

const optionSchemas = {
  ...developmentOrCluster,
  NAME: required(': make remove-function NAME=media'),
  DATA_FOLDER: text,
}

async function main(options: Options<typeof optionSchemas>): Promise<void> {
  const name = options.NAME
  const { kind, environment } = placeOf(options)
  const folder = join(root, 'functions', name)
  const isHere = existsSync(join(folder, 'function.ts'))
  if (kind === 'cluster') {
    if (nameFault(name) !== undefined)
      throw new UsageError(`${name} is ${isHere ? 'still in this checkout' : 'no function'}.`)
    return removeFromCluster(name, targetOf(environment))
  }
  if (!/^[a-z][a-z0-9]*$/.test(name) || !isHere) throw new UsageError(`There is no function ${name}.`)
  if (globSync('migrations/*-baseline.sql', { cwd: folder }).length > 0)
    throw new UsageError(`The schemas of the others build on that of ${name}.`)
  // Before its files: a running `make dev` restarts without it.
  const isDropped = await dropFromDevelopment(name)
  removeFunction(name)
  log(`the sources of ${name}, its manifest and its line of the registry are gone`)
  const isRendered = await writeDerivedFiles(log)
  forgetFunction(name)
  if (!isDropped)
    console.log(`
The database of \`make dev\` is not running and keeps the schema. Before the next migration, in it or without .data:
${dropStatements(name)}`)
  console.log(`
On a cluster that has it: \`make up\` or \`make deploy\`, which takes its path from the host, then
make remove-function NAME=${name} ON=cluster`)
  if (!isRendered) console.log(`\n${withoutKubectl}`)
}

await runCli(optionSchemas, main, 'Run it again: it goes on where it stopped.')
