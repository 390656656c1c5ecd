import { expect, test } from 'vitest'
import { runScript } from '../cluster/test-script.ts'
import { checkName } from './host.ts'

test('doctor names each missing tool, a Docker that does not respond, and a missing cluster', async () => {
  const { code, text } = await runScript('scripts/doctor/doctor.ts', {
    docker: 'exit 1',
    kubectl: 'exit 1',
    curl: 'exit 0',
  })
  expect(code).toBe(1)
  for (const tool of ['openssl', 'git', 'kind'])
    expect(text).toContain(`wrong tool ${tool}: is not on PATH\n      → install`)
  expect(text).toContain('ok    tool curl')
  expect(text).toContain('wrong Docker: does not respond\n      → start it')
  expect(text).toContain('wrong cluster: does not respond\n      → name a cluster by KUBECONFIG')
})

test('doctor asks for no Docker and no kind where the cluster is not that of make up', async () => {
  const environment = { ENVIRONMENT: 'production' }
  const { text } = await runScript('scripts/doctor/doctor.ts', { kubectl: 'exit 1' }, environment)
  expect(text).toContain('wrong tool git')
  expect(text).not.toMatch(/docker|kind|openssl/i)
})

test('doctor continues after a check that failed', async () => {
  const { code, text } = await runScript('scripts/doctor/doctor.ts', {
    docker: 'exit 0',
    kubectl: 'case "$*" in *version*) echo {} ;; *) echo "error: no such resource" >&2; exit 1 ;; esac',
  })
  expect(code).toBe(1)
  for (const check of ['nodes', 'Knative', 'secrets', 'functions', 'host'])
    expect(text).toContain(`wrong ${check}: kubectl`)
})

test('doctor notes a local name that the resolver does not know, and names the line to add', async () => {
  const unknown = async () => undefined
  expect(await checkName('api.localhost', [], unknown)).toMatchObject({
    fault: undefined,
    note: 'curl and browsers find it, other programs on this machine do not',
    remedy: "echo '127.0.0.1 api.localhost' | sudo tee -a /etc/hosts",
  })
  expect(await checkName('api.localhost', [], async () => '127.0.0.1')).not.toHaveProperty('note')
  expect(await checkName('api.example.test', [], unknown)).toMatchObject({
    fault: 'the name does not resolve',
  })
})
