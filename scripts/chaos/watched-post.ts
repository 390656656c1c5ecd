import { randomUUID } from 'node:crypto'
import type { Client } from '../../functions/client/index.ts'
import type { Ledger } from './ledger.ts'
import type { Person } from './people.ts'

interface WatchedPostOptions {
  readonly author: Person
  readonly newClient: () => Client
  readonly ledger: Ledger
}

const versionOf = (summary: string | null) => Number(/^version (\d+)$/.exec(summary ?? '')?.[1] ?? 0)

/** A post whose author counts upwards in its summary, while the author and a reader look, each one read after the other. */
export async function createWatchedPost({ author, newClient, ledger }: WatchedPostOptions) {
  const title = `chaos ${randomUUID()}`
  const body = { title, body: 'Its summary changes.', summary: 'version 1' }
  const { data } = await author.client.createPost({ body })
  const path = { slug: data.slug }
  ledger.acknowledge('post', title)
  ledger.versionWrites.push({ subject: title, version: 1, acknowledgedMs: performance.now() })

  /** One call at a time: what overtakes another says nothing about the order. */
  const oneAtATime = (call: () => Promise<void>) => {
    let isRunning = false
    return async () => {
      if (isRunning) return
      isRunning = true
      await call().finally(() => {
        isRunning = false
      })
    }
  }
  const readAs = (reader: string, client: Client) => async () => {
    const sentMs = performance.now()
    const { data } = await client.getPost({ path })
    const version = versionOf(data.summary)
    ledger.versionReads.push({ reader, subject: title, version, sentMs, receivedMs: performance.now() })
  }
  const change = async () => {
    const { data, etag } = await author.client.getPost({ path })
    const version = versionOf(data.summary) + 1
    const changes = { headers: { 'If-Match': etag ?? '' }, body: { summary: `version ${version}` } }
    // Not repeatable, and not acknowledged where it fails: the next turn reads what has become of it.
    const isChanged = await author.client.changePost({ path, ...changes }).then(
      () => true,
      () => false,
    )
    if (isChanged) ledger.versionWrites.push({ subject: title, version, acknowledgedMs: performance.now() })
  }
  return {
    readAsReader: oneAtATime(readAs('reader', newClient())),
    readAsAuthor: oneAtATime(readAs('author', author.client)),
    change: oneAtATime(change),
  }
}
