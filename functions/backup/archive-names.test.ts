import { expect, test } from 'vitest'
import { archiveNameOf, expiredArchives, replacedArchives } from './archive-names.ts'

const day = (number: number) => new Date(Date.UTC(2026, 10, number, 3))
const names = [1, 2, 3, 20, 21].map(number => archiveNameOf('kind', day(number)))
const others = [archiveNameOf('kind-2', day(1)), 'iod-kind-notes.txt']
const expired = (keep: number, days: number) =>
  expiredArchives('kind', [...others, ...names], { keep, days }, day(25))

test('an archive goes when it is old and enough newer ones are there', () => {
  expect(expired(2, 10)).toEqual(names.slice(0, 3))
  expect(expired(4, 10)).toEqual(names.slice(0, 1))
})

test('the newest ones stay whatever their age, and young ones whatever their number', () => {
  expect(expired(5, 1)).toEqual([])
  expect(expired(1, 30)).toEqual([])
})

test('the archive that was just written stays, also where the clock is behind', () => {
  const replaced = (written: string, keep: number) =>
    replacedArchives('kind', [...others, ...names, written], written, keep)
  const [late, behind] = [archiveNameOf('kind', day(25)), archiveNameOf('kind', new Date(0))]
  expect(replaced(late, 1)).toEqual(names)
  expect(replaced(late, 4)).toEqual(names.slice(0, 2))
  expect(replaced(behind, 4)).toEqual(names.slice(0, 2))
  expect(replaced(behind, 9)).toEqual([])
})
