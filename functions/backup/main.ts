import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLog, describeError } from '../shared/log.ts'
import { readArchive, writeArchive } from './archive.ts'
import { archiveNameOf, expiredArchives } from './archive-names.ts'
import { type Bucket, openBucket } from './bucket.ts'
import { checkArchive } from './check.ts'
import { type BackupConfig, readConfig } from './config.ts'
import { dump } from './dump.ts'
import type { Manifest } from './manifest.ts'

/** The CronJob: writes an archive to the bucket, reads it again, and removes expired ones. */
const log = createLog('backup', 'info')

async function upload(config: BackupConfig, bucket: Bucket, name: string): Promise<void> {
  const content = new PassThrough()
  const archive = writeArchive(content)
  const written = async () => {
    try {
      const { databaseUrl, authority } = config
      await dump({ databaseUrl, authority, version: process.env['VERSION'] ?? 'unknown', archive })
      await archive.finish()
    } catch (error) {
      // Ends the upload as well, which then leaves no object.
      const reason = error instanceof Error ? error : new Error(String(error))
      content.destroy(reason)
      throw reason
    }
  }
  await Promise.all([bucket.put(name, content), written()])
}

/** Removes an archive that cannot be restored: it would count as a backup, and an older one would expire for it. */
async function checkUploaded(bucket: Bucket, name: string): Promise<Manifest> {
  try {
    return await checkArchive(readArchive(await bucket.get(name)))
  } catch (error) {
    await bucket.remove(name)
    throw error
  }
}

const deadlineMs = 60_000
const retryMs = 1_000

/** If NetworkPolicies are enforced, the connections of a pod are refused until its address is known. */
async function untilReachable(bucket: Bucket): Promise<void> {
  for (;;) {
    try {
      await bucket.names()
      return
    } catch (error) {
      const isRefused = error instanceof Error && 'code' in error
      if (!isRefused || performance.now() > deadlineMs) throw error
      log.info('bucket not reachable', describeError(error))
      await sleep(retryMs)
    }
  }
}

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const bucket = openBucket(config)
  await untilReachable(bucket)
  const now = new Date()
  const name = archiveNameOf(config.name, now)
  await upload(config, bucket, name)
  const { tables } = await checkUploaded(bucket, name)
  log.info('backup written', { archive: name, rows: tables.reduce((sum, { rows }) => sum + rows, 0) })
  for (const old of expiredArchives(config.name, await bucket.names(), config.retention, now)) {
    await bucket.remove(old)
    log.info('backup expired', { archive: old })
  }
}

main().catch(error => {
  log.error('backup failed', describeError(error))
  process.exitCode = 1
})
