// Writes what `make compose` reads, into .data/compose: secrets generated once, one environment file per container, key
// sets, the functions as compose services, the proxy's configuration. DEV=yes runs the functions from this checkout.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { environmentOf, keySetFiles, type Target, type Variables } from '../../functions/environment-of.ts'
import { functions } from '../../functions/registry.ts'
import { runCli } from '../cli/cli.ts'
import { type Options, portOr, yesOrNo } from '../cli/options.ts'
import { root, run } from '../cluster/command.ts'
import { versions } from '../cluster/tools.ts'
import { readCluster } from '../secrets/cluster-secrets.ts'
import { readSecretValues, writeSecrets } from '../secrets/secrets.ts'
import { envoyConfig } from './envoy.ts'
import { functionServices, keyPath } from './services.ts'

const folder = join(root, '.data/compose')
const optionSchemas = { PORT: portOr(8_088), DEV: yesOrNo }
const secretsFile = join(folder, 'secrets.json')

function write(name: string, content: string, mode: number): void {
  const file = join(folder, name)
  writeFileSync(file, content)
  chmodSync(file, mode)
}

const writeVariables = (name: string, variables: Variables) =>
  write(
    name,
    Object.entries(variables)
      .map(([variable, value]) => `${variable}=${value}\n`)
      .join(''),
    0o600,
  )

async function writeFiles({ PORT, DEV }: Options<typeof optionSchemas>): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  // The containers have the names that the Services have in a cluster, so the same values fit.
  writeSecrets(secretsFile, 'compose')
  const secrets = readSecretValues(secretsFile)
  const value = (secret: string, key: string) => secrets[secret]?.[key] ?? ''
  const cluster = readCluster(secrets).target
  const target: Target = {
    ...cluster,
    settings: { PUBLIC_URL: `http://localhost:${PORT}`, TRUSTED_PROXY_HOPS: '1', LOG_LEVEL: 'info' },
    privateKeys: keyPath(keySetFiles['private-keys']),
    publicKeys: keyPath(keySetFiles['public-keys']),
  }
  for (const definition of functions)
    writeVariables(`${definition.name}.env`, environmentOf(definition, target))
  writeVariables('migrate.env', secrets['migrate'] ?? {})
  writeVariables('postgres.env', {
    POSTGRES_PASSWORD: value('postgres', 'password'),
    POSTGRES_DB: 'iod',
    // As in the cluster: the order of texts does not depend on the image's library.
    POSTGRES_INITDB_ARGS: '--locale-provider=builtin --locale=C.UTF-8',
  })
  writeVariables('redis.env', { REDISCLI_AUTH: value('redis', 'probe-password') })
  // Readable in the containers, which run as other users; on this machine the folder is closed.
  write('users.acl', value('redis', 'users.acl'), 0o644)
  write(keySetFiles['private-keys'], cluster.privateKeys, 0o644)
  write(keySetFiles['public-keys'], cluster.publicKeys, 0o644)

  const { POSTGRES_TAG = '', REDIS_TAG = '', ENVOY_TAG = '', NODE_DEVELOPMENT_IMAGE = '' } = versions()
  write('functions.yaml', stringify(functionServices(DEV ? NODE_DEVELOPMENT_IMAGE : undefined)), 0o644)
  write('envoy.yaml', envoyConfig(functions), 0o644)

  const TAG = (await run`kind/build-images.sh --tag`).trim()
  writeVariables('.env', { TAG, PORT: String(PORT), POSTGRES_TAG, REDIS_TAG, ENVOY_TAG })
}

await runCli(optionSchemas, writeFiles)
