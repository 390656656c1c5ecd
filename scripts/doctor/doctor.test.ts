// The programs on a machine where things are missing: a PATH of their own, and a kubectl that answers as told.
import { execFile } from 'node:child_process'
import { chmodSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'

/** A folder with node and these programs, each a shell script. */
function pathWith(programs: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'iod-path-'))
  symlinkSync(process.execPath, join(folder, 'node'))
  symlinkSync('/bin/sh', join(folder, 'sh'))
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

async function run(
  script: string,
  programs: Readonly<Record<string, string>>,
  environment: Record<string, string> = {},
) {
  const env = { PATH: pathWith(programs), KUBECONFIG: '/nowhere', NO_COLOR: '1', ...environment }
  const done = await promisify(execFile)(process.execPath, [join(root, script)], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    error => ({ code: Number(error.code), stdout: String(error.stdout), stderr: String(error.stderr) }),
  )
  return { ...done, text: done.stdout + done.stderr }
}

test('doctor names each tool that is missing, a Docker that does not answer, and a cluster that is not there', async () => {
  const { code, text } = await run('scripts/doctor/doctor.ts', {
    docker: 'exit 1',
    kubectl: 'exit 1',
    curl: 'exit 0',
  })
  expect(code).toBe(1)
  for (const tool of ['kn', 'openssl', 'git', 'kind'])
    expect(text).toContain(`wrong tool ${tool}: is not on PATH\n      → install`)
  expect(text).toContain('ok    tool curl')
  expect(text).toContain('wrong Docker: does not answer\n      → start it')
  expect(text).toContain('wrong cluster: does not answer\n      → name a cluster by KUBECONFIG')
})

test('doctor goes on after a check that could not be made', async () => {
  const { code, text } = await run('scripts/doctor/doctor.ts', {
    docker: 'exit 0',
    kubectl: 'case "$*" in *version*) echo {} ;; *) echo "error: no such resource" >&2; exit 1 ;; esac',
  })
  expect(code).toBe(1)
  for (const check of ['nodes', 'Knative', 'secrets', 'functions', 'host'])
    expect(text).toContain(`wrong ${check}: kubectl`)
})

test.each([
  [
    'an unknown function',
    { FUNCTION: 'post' },
    'Refused: there is no function post; there are auth, profile, posts.',
  ],
  [
    'an unknown environment',
    { FUNCTION: 'posts', ENVIRONMENT: 'prod' },
    'Refused: ENVIRONMENT is one of kind',
  ],
  ['no image', { FUNCTION: 'posts' }, 'Refused: IMAGE is missing'],
  [
    'a share that is none',
    { FUNCTION: 'posts', IMAGE: 'a:1', PERCENT: '0' },
    'Refused: PERCENT is a number from 1 to 99',
  ],
  ['no cluster', { FUNCTION: 'posts', IMAGE: 'a:1' }, 'Refused: the cluster does not answer.'],
])('a canary with %s is refused before kn is called', async (_what, environment, refusal) => {
  const { code, text } = await run(
    'scripts/release/canary.ts',
    { kubectl: 'exit 1', kn: 'echo CALLED' },
    environment,
  )
  expect(code).toBe(1)
  expect(text).toContain(refusal)
  expect(text).not.toContain('CALLED')
})

test('production is refused without its host', async () => {
  const { text } = await run('scripts/release/deploy.ts', {}, { ENVIRONMENT: 'production' })
  expect(text).toContain('Refused: production needs the host that it answers to: HOST=')
})
