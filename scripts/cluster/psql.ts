import { get, kubectlWith } from './kubectl.ts'

const options = '-d iod -v ON_ERROR_STOP=1 -qtA "$@"'

interface Server {
  readonly pod: string
  readonly script: string
}

/** Over TCP, since images differ in where the server's socket is. The password stays in the pod. */
const singleServer: Server = {
  pod: 'statefulset/postgres',
  script: `PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") exec psql -h 127.0.0.1 -U postgres ${options}`,
}

/** CloudNativePG's primary, whose container trusts its own user. */
const primary: Server = { pod: 'service/postgres-rw', script: `exec psql -U postgres ${options}` }

/** Returns the namespace's own Postgres; undefined where it is elsewhere. */
export async function findServer(namespace: string): Promise<Server | undefined> {
  if ((await get`service postgres-rw --namespace ${namespace}`) !== undefined) return primary
  return (await get`statefulset postgres --namespace ${namespace}`) === undefined ? undefined : singleServer
}

/** Runs a statement in the namespace's own Postgres pod. psql quotes the variables: `:'name'` in the statement. */
export async function psql(
  namespace: string,
  statement: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { pod, script } = (await findServer(namespace)) ?? singleServer
  const assignments = Object.entries(variables).map(([name, value]) => `--set=${name}=${value}`)
  const command = ['sh', '-c', script, 'psql', ...assignments]
  const execute = kubectlWith({ input: statement })
  return (await execute`exec --stdin --namespace ${namespace} ${pod} -- ${command}`).trim()
}
