import { X509Certificate } from 'node:crypto'
import { readSecret } from '../cluster/secret-data.ts'
import { type Json, list, text } from '../manifests/json.ts'

export interface Age {
  readonly what: string
  readonly ageDays: number | undefined
  readonly endsInDays: number | undefined
}

const dayMs = 86_400_000

/** Reads the host's certificates, wherever Kourier finds them, and the public halves of the signing keys. */
export async function readAges(namespace: string): Promise<readonly Age[]> {
  const nowMs = Date.now()
  const [ofIngress, ofKourier, keys] = await Promise.all([
    readSecret('api-tls', namespace),
    readSecret('api-certificate', 'knative-serving'),
    readSecret('jwks', namespace),
  ])
  const certificates = [ofIngress, ofKourier].flatMap(values => certificateAges(values['tls.crt'], nowMs))
  return [...certificates, ...keyAges(keys['keys.json'], nowMs)]
}

function certificateAges(pem: string | undefined, nowMs: number): readonly Age[] {
  if (!pem) return []
  const { subjectAltName = '', validFrom, validTo } = new X509Certificate(pem)
  const what = `certificate ${subjectAltName.replaceAll('DNS:', '')}`
  const ageDays = (nowMs - Date.parse(validFrom)) / dayMs
  return [{ what, ageDays, endsInDays: (Date.parse(validTo) - nowMs) / dayMs }]
}

/** A key's id begins with the day of its creation (scripts/secrets/signing-keys.ts). */
export function keyAges(keySet: string | undefined, nowMs: number): readonly Age[] {
  const keys: Json = JSON.parse(keySet || '{}')
  return list(keys, 'keys').map(key => {
    const kid = text(key, 'kid') ?? ''
    const createdMs = Date.parse(kid.slice(0, 10))
    const ageDays = Number.isNaN(createdMs) ? undefined : (nowMs - createdMs) / dayMs
    return { what: `signing key ${kid}`, ageDays, endsInDays: undefined }
  })
}
