import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accountId } from '../../../scripts/services/postgres-program.ts'
import { createTestFolder } from './test-folder.ts'

export interface Certificates {
  /** The authority's certificate in PEM, and that of another one. */
  readonly authority: string
  readonly otherAuthority: string
  /** Files of a server whose certificate is for `localhost` and nothing else; Postgres' user can read them. */
  readonly certificateFile: string
  readonly keyFile: string
}

/** Made by openssl for one test file. */
export function createCertificates(): Certificates {
  const folder = createTestFolder()
  chmodSync(folder, 0o711)
  const path = (name: string) => join(folder, name)
  const openssl = (...parameters: readonly string[]) =>
    execFileSync('openssl', parameters, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  for (const name of ['authority', 'other'])
    openssl(
      'req',
      '-x509',
      ...newKey,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
    )
  openssl('req', ...newKey, '-subj', '/CN=server', '-keyout', 'server.key', '-out', 'server.csr')
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost')
  const signer = ['-CA', 'authority.crt', '-CAkey', 'authority.key', '-CAcreateserial']
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    ...signer,
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'server.crt',
  )
  chmodSync(path('server.key'), 0o600)
  if (process.getuid?.() === 0)
    for (const name of ['server.key', 'server.crt']) chownSync(path(name), accountId, accountId)
  return {
    authority: readFileSync(path('authority.crt'), 'utf8'),
    otherAuthority: readFileSync(path('other.crt'), 'utf8'),
    certificateFile: path('server.crt'),
    keyFile: path('server.key'),
  }
}
