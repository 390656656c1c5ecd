import { expect, test } from 'vitest'
import { unreadSettings } from './unread-settings.ts'

test.each([
  ['LOGLEVEL', ['LOGLEVEL']],
  ['LOG_LEVEL', []],
  ['UV_THREADPOOL_SIZE', []],
  ['SSL_CERT_FILE', []],
  ['HTTPS_PROXY', []],
  ['TZ', []],
])('whether a function reads %s', (name, unread) => {
  const metadata = { name: 'functions-7k2f9b4h8t' }
  expect(unreadSettings([{ kind: 'ConfigMap', metadata, data: { [name]: '' } }])).toEqual(unread)
})
