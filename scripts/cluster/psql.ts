import { kubectlWith } from './kubectl.ts'

/** Over TCP, since images differ in where the server's socket is. The password stays in the pod. */
const script =
  'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") exec psql -h 127.0.0.1 -U postgres -d iod -v ON_ERROR_STOP=1 -qtA "$@"'

/** Runs a statement in the namespace's own Postgres pod. psql quotes the variables: `:'name'` in the statement. */
export async function psql(
  namespace: string,
  statement: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const assignments = Object.entries(variables).map(([name, value]) => `--set=${name}=${value}`)
  const command = ['sh', '-c', script, 'psql', ...assignments]
  const execute = kubectlWith({ input: statement })
  return (await execute`exec --stdin --namespace ${namespace} statefulset/postgres -- ${command}`).trim()
}
