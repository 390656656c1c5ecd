import { expect, test } from 'vitest'
import { connectOwner } from '../../shared/testing/database.ts'
import { createTestApp } from '../test-app.ts'
import { createMeter, read } from '../test-outages.ts'

const { createAccount, createPod, database, owner, ownerUrl, write } = await createTestApp()

test('reads tags once more, and no more, while the row of a due post is locked', async () => {
  const publishedAt = new Date(Date.now() + 3_600_000).toISOString()
  const { id } = await write(await createAccount(), { status: 'scheduled', publishedAt, tags: ['due'] })
  const text = "update posts.posts set published_at = now() - interval '1 second' where id = $1"
  await owner.query({ name: '', text }, [id])
  const holder = await connectOwner(ownerUrl)
  const { meter, metered } = createMeter(database)
  const pod = await createPod({ database: metered })
  try {
    await holder.query('begin')
    await holder.query('select from posts.posts where id = $1 for update', [id])
    expect((await read(pod, '/posts/tags?limit=7')).status).toBe(200)
    expect(meter.statements).toBeLessThanOrEqual(3)
  } finally {
    await holder.end()
  }
  expect((await read(pod, '/posts/tags?limit=8')).text).toContain('"due"')
})
