import { expect, test } from 'vitest'
import {
  existingFile,
  numberBetween,
  oneOf,
  parseOptions,
  portOr,
  refuseUnknown,
  required,
  text,
  textOr,
  UsageError,
  yesOrNo,
} from './options.ts'

const schemas = {
  FUNCTION: oneOf(['first', 'second']),
  IMAGE: required(': the new image'),
  PERCENT: numberBetween(1, 99, 10),
  TO: textOr('backups'),
  KEEP: yesOrNo,
  HOST: text,
  FROM: existingFile(': FROM=backups/…'),
  PORT: portOr(8_080),
}
const given = { FUNCTION: 'second', IMAGE: 'a:1', FROM: import.meta.filename }

test('an absent option, or an empty one, has its usual value', () => {
  expect(parseOptions(schemas, { ...given, PERCENT: '', HOST: '' })).toEqual({
    ...given,
    ...{ PERCENT: 10, TO: 'backups', KEEP: false, HOST: undefined, PORT: 8_080 },
  })
})

test('options are converted', () => {
  const options = parseOptions(schemas, { ...given, PERCENT: '25', KEEP: 'yes', HOST: 'a.test' })
  expect(options).toMatchObject({ PERCENT: 25, KEEP: true, HOST: 'a.test' })
})

test.each([
  [{ FUNCTION: 'post' }, 'FUNCTION is one of first, second, not post.'],
  [{ FUNCTION: '' }, 'FUNCTION is missing; there are first, second.'],
  [{ IMAGE: '' }, 'IMAGE is missing: the new image.'],
  [{ PERCENT: '0' }, 'PERCENT is a number from 1 to 99, not 0.'],
  [{ PERCENT: 'ten' }, 'PERCENT is a number from 1 to 99, not ten.'],
  [{ KEEP: 'true' }, 'KEEP is yes or no, not true.'],
  [{ FROM: '' }, 'FROM is missing: FROM=backups/….'],
  [{ FROM: '/none' }, 'FROM names no file: /none.'],
  [{ PORT: '70000' }, 'PORT is a number from 1 to 65535, not 70000.'],
  [{ PORT: '80.5' }, 'PORT is a whole number, not 80.5.'],
])('%j is refused: %s', (wrong, message) => {
  expect(() => parseOptions(schemas, { ...given, ...wrong })).toThrow(new UsageError(message))
})

test('a name that the command does not have is refused with the list of those that it has', () => {
  expect(() => refuseUnknown(['HOST', 'FUNCTON'], { HOST: text, KEEP: yesOrNo })).toThrow(
    new UsageError('there is no option FUNCTON; there are HOST, KEEP.'),
  )
  refuseUnknown(['HOST'], { HOST: text })
})
