import { X509Certificate } from 'node:crypto'
import { get } from '../cluster/kubectl.ts'
import { type Json, list, text } from '../manifests/json.ts'

export interface Age {
  readonly what: string
  readonly ageDays: number | undefined
  readonly endsInDays: number | undefined
}

const dayMs = 86_400_000

/** Reads the host's certificates, wherever Kourier finds them, and the public halves of the signing keys. */
export async function readAges(namespace: string, nowMs = Date.now()): Promise<readonly Age[]> {
  const certificates = await Promise.all([
    get`secret api-tls --namespace ${namespace}`,
    get`secret api-certificate --namespace knative-serving`,
  ])
  const jwks = await get`secret jwks --namespace ${namespace}`
  return [...certificates.flatMap(secret => certificateAges(secret, nowMs)), ...keyAges(jwks, nowMs)]
}

const decoded = (secret: Json | undefined, key: string) =>
  Buffer.from(text(secret, 'data', key) ?? '', 'base64').toString()

function certificateAges(secret: Json | undefined, nowMs: number): readonly Age[] {
  const pem = decoded(secret, 'tls.crt')
  if (pem === '') return []
  const { subjectAltName = '', validFrom, validTo } = new X509Certificate(pem)
  const what = `certificate ${subjectAltName.replaceAll('DNS:', '')}`
  const ageDays = (nowMs - Date.parse(validFrom)) / dayMs
  return [{ what, ageDays, endsInDays: (Date.parse(validTo) - nowMs) / dayMs }]
}

/** A key's id begins with the day of its creation (scripts/secrets/signing-keys.ts). */
export function keyAges(secret: Json | undefined, nowMs: number): readonly Age[] {
  const keys: Json = JSON.parse(decoded(secret, 'keys.json') || '{}')
  return list(keys, 'keys').map(key => {
    const kid = text(key, 'kid') ?? ''
    const createdMs = Date.parse(kid.slice(0, 10))
    const ageDays = Number.isNaN(createdMs) ? undefined : (nowMs - createdMs) / dayMs
    return { what: `signing key ${kid}`, ageDays, endsInDays: undefined }
  })
}
