import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'

/** Words and phrases that the project does not use, since each has a plainer one. */
const avoided = [
  'whoever',
  'meanwhile',
  'all the same',
  'anew',
  'besides',
  '(?:is|are|was) away',
  '(?:is|are) good for',
  'stand(?:s|ing)? (?:before|beside|in for)',
  '(?<!(?:all|each|one|some|both|none|most|many) )of which',
  'has to (?:him|her|it)self',
  'log-ins?',
  'e-mails?',
  'mails',
  'chores',
  'housekeeping',
  'free ?tries',
  'too ?many ?tries',
]

/**
 * Finds them in text of any kind, with the number of the line: in prose, comments, titles of tests, texts of errors, help
 * of Make targets and names.
 */
function avoidedWords(text: string): readonly string[] {
  const pattern = new RegExp(`\\b(?:${avoided.join('|')})\\b`, 'gi')
  return text
    .split('\n')
    .flatMap((line, index) => (line.match(pattern) ?? []).map(word => `${index + 1}: ${word}`))
}

/** An applied migration never changes; the others are lists of others' words, and this list. */
const exempt = [
  /^functions\/[^/]+\/migrations\//,
  /^docs\/schema\.sql$/,
  /\.txt$/,
  /^package-lock\.json$/,
  /wording\.test\.ts$/,
]

const files = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(file => !exempt.some(pattern => pattern.test(file)))
  // Not what is deleted and not yet committed.
  .filter(file => file !== '' && existsSync(join(root, file)))

test('documents, code and API texts avoid the words that have a plainer one', () => {
  expect(files.length).toBeGreaterThan(500)
  const found = files.flatMap(file =>
    avoidedWords(readFileSync(join(root, file), 'utf8')).map(word => `${file}:${word}`),
  )
  expect(found).toEqual([])
})

test.each([
  ['a document', 'Whoever signs in\nwhile Redis is away', ['1: Whoever', '2: is away']],
  ['a comment', '/** Keys, of which one signs. */', ['1: of which']],
  ['a log line', "log.warn('Meanwhile, Postgres answers')", ['1: Meanwhile']],
  ['the title of a test', "test('a value that stands in for another')", ['1: stands in for']],
  ['an API text', '"summary": "Request an e-mail"', ['1: e-mail']],
  ['help of Make', 'build: install ## Bundle the functions anew', ['1: anew']],
  ['a name', 'const freeTries = 10', ['1: freeTries']],
])('finds them in %s', (_, text, expected) => {
  expect(avoidedWords(text)).toEqual(expected)
})

test('finds nothing in words that only look like them', () => {
  expect(avoidedWords('take the fast wake away by email; two keys, each of which is valid')).toEqual([])
})
