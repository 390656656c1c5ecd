import { expect, test } from 'vitest'
import { doctorOutput } from './test-doctor.ts'

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
const condition = (type: string, status: string, message = '') => ({ type, status, message })

/** Returns what `make doctor` prints about backups in a cluster with these objects. */
const backupLines = (job: object, conditions: readonly object[]) =>
  doctorOutput({
    'get cronjobs ': { items: [job] },
    'get service postgres-rw ': {},
    'get clusters.postgresql.cnpg.io ': { status: { conditions } },
  })

test('doctor names an archive that is old, a log that is not archived, and a base backup that failed', async () => {
  const lastSuccessfulTime = hoursAgo(49)
  const text = await backupLines(
    { metadata: { name: 'backup', creationTimestamp: hoursAgo(900) }, status: { lastSuccessfulTime } },
    [
      condition('Ready', 'True'),
      condition('ContinuousArchiving', 'False', 'Expected empty archive'),
      condition('LastBackupSucceeded', 'False', 'exit status 4'),
    ],
  )
  expect(text).toContain(`wrong archive of backup: none since ${lastSuccessfulTime}\n`)
  expect(text).toContain('ok    instances of Postgres\n')
  expect(text).toContain('wrong write-ahead log in the bucket: Expected empty archive\n')
  expect(text).toContain('wrong base backup: exit status 4\n')
})

test('doctor says nothing against a new CronJob, and against one that succeeded', async () => {
  const metadata = { name: 'backup', creationTimestamp: hoursAgo(900) }
  const status = { lastSuccessfulTime: hoursAgo(20) }
  for (const job of [{ metadata, status }, { metadata: { ...metadata, creationTimestamp: hoursAgo(1) } }])
    expect(await backupLines(job, [])).toContain('ok    archive of backup\n')
})
