import { X509Certificate } from 'node:crypto'
import { get } from '../cluster/kubectl.ts'
import { type Json, list, text } from '../manifests/json.ts'
import type { Age } from './snapshot.ts'

const dayMs = 86_400_000

/** Reads the host's certificates, wherever Kourier finds them, and the public halves of the signing keys. */
export async function readAges(namespace: string, now = Date.now()): Promise<readonly Age[]> {
  const [own, shared, jwks] = await Promise.all([
    get`secret api-tls --namespace ${namespace}`,
    get`secret api-certificate --namespace knative-serving`,
    get`secret jwks --namespace ${namespace}`,
  ])
  return [...certificateAges(own, now), ...certificateAges(shared, now), ...keyAges(jwks, now)]
}

const decoded = (secret: Json | undefined, key: string): string | undefined => {
  const value = text(secret, 'data', key)
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString()
}

function certificateAges(secret: Json | undefined, now: number): readonly Age[] {
  const pem = decoded(secret, 'tls.crt')
  if (pem === undefined) return []
  const certificate = new X509Certificate(pem)
  return [
    {
      what: `certificate ${certificate.subjectAltName?.replaceAll('DNS:', '') ?? certificate.subject}`,
      ageDays: (now - Date.parse(certificate.validFrom)) / dayMs,
      endsInDays: (Date.parse(certificate.validTo) - now) / dayMs,
    },
  ]
}

/** A key's id begins with the day of its creation (scripts/signing-keys.ts). */
export function keyAges(secret: Json | undefined, now: number): readonly Age[] {
  const written = decoded(secret, 'keys.json')
  if (written === undefined) return []
  const keys: Json = JSON.parse(written)
  return list(keys, 'keys').map(key => {
    const kid = text(key, 'kid') ?? ''
    const createdMs = Date.parse(kid.slice(0, 10))
    const ageDays = Number.isNaN(createdMs) ? undefined : (now - createdMs) / dayMs
    return { what: `signing key ${kid}`, ageDays, endsInDays: undefined }
  })
}
