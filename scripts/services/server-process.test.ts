import { expect, test } from 'vitest'
import { ServerFailure } from './server-process.ts'

const options = { name: 'PostgreSQL', remedy: 'remove /data to start with an empty database' }
const reason = 'FATAL:  could not write lock file "postmaster.pid": '

test('a full disk is no reason to remove the data', () => {
  expect(new ServerFailure(options, `${reason}No space left on device`).message).toMatch(/: free some space/)
  expect(new ServerFailure(options, `${reason}Permission denied`).message).toMatch(/: remove \/data/)
})
