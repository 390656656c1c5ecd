import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { root } from '../cluster/command.ts'
import { outcomeOf, writePrograms } from '../cluster/test-programs.ts'
import { at, type Json, list, record, text } from '../manifests/json.ts'

const folder = createTestFolder()

const read = (name: string): Json => parse(readFileSync(join(root, '.github/workflows', name), 'utf8'))

/** Runs a step of a job as GitHub does, with the scripts on its PATH. */
async function runStep(
  [workflow, job, step]: readonly [string, string, string],
  environment: Readonly<Record<string, string>>,
  programs: Readonly<Record<string, string>> = {},
) {
  const found = list(at(read(workflow), 'jobs', job), 'steps').find(one => text(one, 'name') === step)
  const script = text(found, 'run')
  if (script === undefined) throw new Error(`${workflow} has no step “${step}”`)
  writePrograms(folder, programs)
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, ...environment }
  return outcomeOf('bash', ['-eo', 'pipefail', '-c', script], { env, cwd: root })
}

describe('a rollout', () => {
  const step = [
    'deploy.yaml',
    'images',
    'Production takes images that staging has run, and none that are built for it',
  ] as const

  test('to production is refused without a tag', async () => {
    const { code, text: output } = await runStep(step, { ENVIRONMENT: 'production', TAG: '' })
    expect(code).toBe(1)
    expect(output).toContain('production needs the tag of images that staging has run')
  })

  test.each([
    { ENVIRONMENT: 'production', TAG: '3f2a00000000' },
    { ENVIRONMENT: 'staging', TAG: '' },
  ])('goes on with %j', async environment => {
    expect(await runStep(step, environment)).toEqual({ code: 0, text: '' })
  })

  test.each([
    { KUBECONFIG_FILE: '', HOST: 'api.example.test' },
    { KUBECONFIG_FILE: 'apiVersion: v1', HOST: '' },
  ])('to an environment without one of its settings names them: %j', async environment => {
    const rollout = ['deploy.yaml', 'rollout', 'Roll out'] as const
    const { code, text: output } = await runStep(rollout, { ENVIRONMENT: 'staging', ...environment })
    expect(code).toBe(1)
    expect(output).toContain('environment staging needs the secret KUBECONFIG_FILE and the variable HOST')
  })
})

describe('a release', () => {
  const step = ['release.yaml', 'images', 'The commit has passed verify.yaml'] as const
  const jobs = list(at(read('verify.yaml'), 'jobs', 'staging'), 'needs').map(String)
  const environment = { GITHUB_REPOSITORY: 'owner/iod' }

  test('of a commit that passed every job before staging goes on', async () => {
    const asked = join(folder, 'asked')
    const { code } = await runStep(step, environment, {
      gh: `echo "$2" | sed 's/.*check_name=//' >>${asked}; echo true`,
    })
    expect(code).toBe(0)
    expect(readFileSync(asked, 'utf8').trim().split('\n')).toEqual(jobs)
  })

  test.each(jobs)('is refused while %s has not passed', async job => {
    const gh = `case "$2" in *check_name=${job}) echo false ;; *) echo true ;; esac`
    const { code, text: output } = await runStep(step, environment, { gh })
    expect(code).toBe(1)
    expect(output).toContain(`the job ${job} of verify.yaml has not passed`)
  })
})

test('the account of the repository, whose name may have capital letters, is written small in the names of images', () => {
  for (const workflow of ['deploy.yaml', 'release.yaml'])
    for (const step of Object.values(record(read(workflow), 'jobs')).flatMap(job => list(job, 'steps'))) {
      const written = JSON.stringify(at(step, 'env') ?? {})
      if (!written.includes('repository_owner')) continue
      expect(written).toContain('"REGISTRY":')
      expect(text(step, 'run')).toContain(`\${REGISTRY,,}`)
    }
})
