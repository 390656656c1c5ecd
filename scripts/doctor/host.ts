import { X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { get, root } from '../cluster/command.ts'
import type { Json } from '../manifests/json.ts'
import { addressCommand, openGateway } from '../release/gateway.ts'
import { addressOf } from '../release/overlay.ts'
import { deployCommand, type Target } from '../release/target.ts'
import { type Finding, finding, right, wrong } from './finding.ts'
import { isTrue, reasonOf } from './platform.ts'

const dayMs = 86_400_000
const soonDays = 14

/** The host's Ingress, its name in DNS, and what the public gateway shows to who asks for it over TLS. */
export async function checkHost({ objects, namespace, environment }: Target): Promise<readonly Finding[]> {
  const ingress = await get('ingresses.networking.internal.knative.dev', 'api', '--namespace', namespace)
  const { hosts } = addressOf(ingress === undefined ? objects : [ingress])
  const host = hosts[0] ?? ''
  const describe = `kubectl -n ${namespace} describe ingresses.networking.internal.knative.dev/api`
  const found =
    ingress === undefined
      ? wrong(`host ${host}`, 'its Ingress is missing', deployCommand(environment))
      : finding(`host ${host}`, isTrue(ingress, 'Ready'), reasonOf(ingress, 'Ready'), describe)
  return [
    found,
    await checkName(host, objects),
    ...(environment === 'phase1' ? [] : await checkCertificate(host, objects)),
  ]
}

async function checkName(host: string, objects: readonly Json[]): Promise<Finding> {
  const address = await lookup(host).catch(() => undefined)
  if (address !== undefined) return right(`DNS ${host}: ${address.address}`)
  // RFC 6761 leaves these names to the program: curl and browsers do without the resolver.
  if (host.endsWith('localhost'))
    return right(`DNS ${host}: known to curl and browsers; others need 127.0.0.1 ${host} in /etc/hosts`)
  const remedy = `point an A record at the gateway: ${addressCommand(objects)}`
  return wrong(`DNS ${host}`, 'the name leads nowhere', remedy)
}

async function checkCertificate(host: string, objects: readonly Json[]): Promise<readonly Finding[]> {
  const what = `TLS ${host}`
  const shown = await certificateShown(host, objects).catch(error => error)
  if (!(shown instanceof X509Certificate))
    return [
      wrong(
        what,
        `the gateway shows no certificate: ${shown instanceof Error ? shown.message : shown}`,
        'make up (local), or kubectl get certificates -A (cert-manager)',
      ),
    ]
  const days = Math.floor((Date.parse(shown.validTo) - Date.now()) / dayMs)
  const caFile = join(root, '.kube/certificates/ca.crt')
  const isLocal = host.endsWith('localhost') && existsSync(caFile)
  return [
    finding(
      what,
      shown.checkHost(host) !== undefined,
      `the certificate is for ${shown.subjectAltName}`,
      'make up, or put the host into the Certificate',
    ),
    finding(
      `${what}: ${days} days left`,
      days > soonDays,
      'it ends soon',
      'make up renews the local one; for cert-manager: kubectl describe certificates -A',
    ),
    ...(isLocal
      ? [
          finding(
            `${what}: issued by this checkout's CA`,
            shown.checkIssued(new X509Certificate(readFileSync(caFile))),
            'it is by another CA, perhaps of another checkout',
            'make up from this checkout',
          ),
        ]
      : []),
  ]
}

async function certificateShown(host: string, objects: readonly Json[]): Promise<X509Certificate> {
  const gateway = await openGateway(objects)
  try {
    return await new Promise((resolve, reject) => {
      // Trusted or not is what the findings say; here it is only fetched.
      const socket = connect({
        host: gateway.address,
        port: gateway.securePort,
        servername: host,
        rejectUnauthorized: false,
      })
      socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        const certificate = socket.getPeerX509Certificate()
        if (certificate === undefined) reject(new Error('none'))
        else resolve(certificate)
        socket.destroy()
      })
    })
  } finally {
    gateway.close()
  }
}
