import { expect, test } from 'vitest'
import { databaseName } from './target.ts'

test.each([
  ['postgres://owner:secret@db.example.com/iod', 'db.example.com-5432-iod'],
  ['postgres://owner:secret@127.0.0.1:6543/shop', '127.0.0.1-6543-shop'],
  ['postgres://owner@[::1]/a%2Fb', '%5B%3A%3A1%5D-5432-a%2Fb'],
  ['postgres:///iod?host=/run/postgresql', '%2Frun%2Fpostgresql-5432-iod'],
])('a backup of %s is named %s', (url, name) => expect(databaseName(url)).toBe(name))
