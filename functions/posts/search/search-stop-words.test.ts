import { expect, test } from 'vitest'
import { createTestApp } from '../test-app.ts'
import { insertNewerPosts } from './test-newer-posts.ts'

const { createAccount, owner, write, find } = await createTestApp()

test('a stop word of another language is required: all words first, however new the posts with one of them', async () => {
  const ada = await createAccount()
  const old = { body: 'x', publishedAt: '2020-01-01T00:00:00Z' }
  await write(ada, { ...old, title: 'Sea and fish' })
  await write(ada, { ...old, title: 'Fish after the sea', language: 'en' })
  await owner.query(insertNewerPosts, [ada.actor.accountId, 'Fish'])
  // `sea` is a stop word of Spanish.
  for (const q of ['sea fish', 'fish sea', 'sea fis'])
    expect((await find(q)).slice(0, 2).toSorted(), q).toEqual(['Fish after the sea', 'Sea and fish'])
})

test('a phrase keeps its words, and what is excluded too, where one is a stop word of another language', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Sea salmon', body: 'x', language: 'en' })
  await write(ada, { title: 'Salmon of the river', body: 'x' })
  expect(await find('"sea salmon"')).toEqual(['Sea salmon'])
  expect(await find('"salmon sea"')).toEqual([])
  expect(await find('salmon -"sea salmon"')).toEqual(['Salmon of the river'])
})

test('a stop word of its own language is not required, nor of any where a post names none', async () => {
  const ada = await createAccount()
  await write(ada, { title: 'Quokkas', body: 'x', language: 'en' })
  await write(ada, { title: 'A quokka', body: 'x' })
  await write(ada, { title: 'Les lamantins', body: 'x', language: 'fr' })
  expect((await find('the quokka')).toSorted()).toEqual(['A quokka', 'Quokkas'])
  expect(await find('the quokka', '&language=en')).toEqual(['Quokkas'])
  expect(await find('un lamantin')).toEqual(['Les lamantins'])
  expect(await find('"the quokka"')).toEqual(['Quokkas'])
})
