// kind/cluster.sh and kind/down.sh with a scripted kind: which cluster `make up` reuses, replaces and refuses to delete.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findFreePort } from '../services/free-port.ts'
import { root } from './command.ts'
import { outcomeOf, writePrograms } from './test-programs.ts'

/** A checkout whose .kube is empty but for the Secrets. */
let folder = ''
const path = (name: string) => join(folder, name)
const read = (name: string) => (existsSync(path(name)) ? readFileSync(path(name), 'utf8') : '')

/** `clusters` exist, and the API server of one is ready after this many tries. */
const programs = {
  kind: `echo "kind $*" >>"$FOLDER/calls"
case "$1 $2" in
  "get clusters") cat "$FOLDER/clusters" 2>/dev/null ;;
  "get kubeconfig") echo found ;;
  "export kubeconfig") echo exported >"$KUBECONFIG" ;;
  "create cluster") [ ! -e "$FOLDER/broken" ] && echo iod >"$FOLDER/clusters" && echo created >"$KUBECONFIG" ;;
  "delete cluster") rm -f "$FOLDER/clusters" "$FOLDER/mark" ;;
esac`,
  kubectl: `case "$*" in
  *readyz*) echo try >>"$FOLDER/tries"; [ "$(wc -l <"$FOLDER/tries")" -gt "$(cat "$FOLDER/late" 2>/dev/null || echo 0)" ] ;;
  *"create configmap made-by-make-up"*) echo "$*" | sed 's/.*fingerprint=//' >"$FOLDER/mark" ;;
  taint*) echo "kubectl $*" >>"$FOLDER/calls" ;;
  *made-by-make-up*) cat "$FOLDER/mark" 2>/dev/null || true ;;
esac`,
  docker: 'true',
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'iod-kind-'))
  for (const name of ['bin', '.kube']) mkdirSync(path(name))
  symlinkSync(join(root, 'kind'), path('kind'))
  const postgres = { metadata: { name: 'postgres' }, stringData: { password: 'ours' } }
  writeFileSync(path('.kube/secrets.json'), JSON.stringify({ items: [postgres] }))
  writePrograms(path('bin'), programs, '/bin/bash')
})
afterEach(() => rmSync(folder, { recursive: true }))

const ports = Object.fromEntries(
  await Promise.all(
    ['HTTP_PORT', 'HTTPS_PORT', 'NODE_PORT'].map(async name => [name, String(await findFreePort())]),
  ),
)

/** Runs a script of bash in the folder kind; resolves with its exit code and what it printed. */
async function bash(script: string, options: Readonly<Record<string, string>> = {}) {
  const env = {
    ...process.env,
    PATH: `${path('bin')}:${process.env['PATH']}`,
    FOLDER: folder,
    ...ports,
    ...options,
  }
  // The links of pwd are kept, so that the state is that of this folder; no second is waited for.
  const settings = `set -euo pipefail; source kind/settings.sh; root=${folder} state=${folder}/.kube
    export KUBECONFIG=$state/config; sleep() { SECONDS=$((SECONDS + 10)); }; source kind/progress.sh; source kind/cluster.sh`
  return outcomeOf('bash', ['-c', `${settings}; ${script}`], { cwd: folder, env })
}

const up = (options: Readonly<Record<string, string>> = {}) => bash('ensure_cluster', options)
const down = readFileSync(join(root, 'kind/down.sh'), 'utf8').split('source ./cluster.sh')[1] ?? ''
const changes = () => read('calls').match(/^kind (?:create|delete) cluster/gm) ?? []

test('creates a cluster where there is none, and reuses it', async () => {
  const created = await up()
  expect(created.code, created.text).toBe(0)
  expect(changes()).toEqual(['kind create cluster'])
  expect(read('.kube/ports.env')).toContain(`HTTPS_PORT=${ports['HTTPS_PORT']}`)

  const again = await up()
  expect(again.text).toContain('cluster iod: exists')
  expect(read('.kube/config')).toBe('exported\n')
  expect(changes()).toEqual(['kind create cluster'])
})

test('a second node gets what has no room on the first, whose ports are the published ones', async () => {
  await up({ WORKERS: '1' })
  expect(read('.kube/cluster.yaml')).toContain('- role: worker')
  expect(read('calls')).toContain('control-plane made-by-make-up=second:PreferNoSchedule')
  const patches = readFileSync(join(root, 'kind/platform/kustomization.yaml'), 'utf8')
  expect(patches).toContain('nodeSelector, value: { node-role.kubernetes.io/control-plane: "" }')
})

test('waits for a cluster that responds late', async () => {
  await up()
  writeFileSync(path('late'), '5')
  expect((await up()).text).toContain('cluster iod: exists')
})

test.each([
  [
    'does not respond',
    () => writeFileSync(path('late'), '100'),
    'does not respond (docker start iod-control-plane',
  ],
  ['has no mark', () => rmSync(path('mark')), 'was not created by make up, or not to its end'],
  [
    'is of another checkout',
    () => writeFileSync(path('mark'), 'another'),
    'the database password of another',
  ],
])('a cluster that %s is deleted with REPLACE=yes only', async (_what, change, reason) => {
  await up()
  rmSync(path('.kube/config'))
  rmSync(path('.kube/ports.env'))
  change()
  const { code, text } = await up()
  expect(code).toBe(1)
  expect(text).toContain(reason)
  expect(text).toContain('REPLACE=yes deletes it with its database')
  expect(changes()).toEqual(['kind create cluster'])
  // Nothing leads to it from this checkout.
  expect([read('.kube/config'), read('.kube/ports.env'), read('.kube/found-config')]).toEqual(['', '', ''])

  const replaced = await up({ REPLACE: 'yes' })
  expect(replaced.code, replaced.text).toBe(0)
  expect(changes()).toEqual(['kind create cluster', 'kind delete cluster', 'kind create cluster'])
})

test('replaces what a stopped run has left half made, but no complete cluster that another checkout made since', async () => {
  writeFileSync(path('broken'), '')
  expect((await up()).code).toBe(1)
  rmSync(path('broken'))
  writeFileSync(path('clusters'), 'iod\n')
  writeFileSync(path('mark'), 'another')
  expect((await up()).text).toContain('REPLACE=yes deletes it')
  rmSync(path('mark'))
  const completed = await up()
  expect(completed.code, completed.text).toBe(0)
  expect(completed.text).toContain('cluster iod: replacing it')
})

test('make down deletes no cluster that this checkout has not created', async () => {
  writeFileSync(path('clusters'), 'iod\n')
  expect((await bash(down)).text).toContain('This checkout has no cluster iod; one of that name stays')
  expect(changes()).toEqual([])
  // A config of this checkout for a cluster of another name, and a mark that another checkout has written.
  mkdirSync(path('.kube'))
  writeFileSync(path('.kube/config'), 'current-context: kind-iod-2\n')
  await bash(down)
  mkdirSync(path('.kube'))
  writeFileSync(path('.kube/config'), 'current-context: kind-iod\n')
  writeFileSync(path('mark'), 'another')
  await bash(down)
  expect(changes()).toEqual([])
})

test.each([
  ['has created', () => undefined],
  ['has created, and which is stopped', () => writeFileSync(path('late'), '100')],
])('make down deletes the cluster that this checkout %s', async (_what, change) => {
  await up()
  writeFileSync(path('.kube/config'), 'current-context: kind-iod\n')
  change()
  expect((await bash(down)).code).toBe(0)
  expect(changes()).toEqual(['kind create cluster', 'kind delete cluster'])
})
