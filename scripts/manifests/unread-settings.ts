import { functions } from '../../functions/registry.ts'
import { type Json, record, text } from './json.ts'

/** Node, with its OpenSSL and libuv, and the OpenTelemetry SDK read theirs by themselves: https://nodejs.org/api/cli.html */
const readElsewhere = /^(?:NODE|OTEL|SSL_CERT|UV)_|^(?:HTTPS?_PROXY|NO_PROXY|OPENSSL_CONF|TZ)$/i

/** Returns the names in the ConfigMap `functions` that no function reads: each is probably misspelt, and would be ignored. */
export function unreadSettings(objects: readonly Json[]): readonly string[] {
  const read = functions.flatMap(({ variables }): readonly string[] => Object.keys(variables))
  return objects
    .filter(object => text(object, 'kind') === 'ConfigMap')
    .filter(object => /^functions-\w+$/.test(text(object, 'metadata', 'name') ?? ''))
    .flatMap(object => Object.keys(record(object, 'data')))
    .filter(name => !read.includes(name) && !readElsewhere.test(name))
}
