import { X509Certificate } from 'node:crypto'
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../cluster/command.ts'
import { presentedCertificate } from '../cluster/http-probe.ts'
import { get, isTrue, reasonOf } from '../cluster/kubectl.ts'
import type { Json } from '../manifests/json.ts'
import { addressCommand, openGateway } from '../release/gateway.ts'
import { hostOf } from '../release/overlay.ts'
import { deployCommand, type Target } from '../release/target.ts'
import { type Finding, finding, right, wrong } from './finding.ts'

const dayMs = 86_400_000
const renewalDays = 14

/** Checks the host's Ingress, its name in DNS, and the certificate that the public gateway presents. */
export async function checkHost({ objects, namespace, environment }: Target): Promise<readonly Finding[]> {
  const kind = 'ingresses.networking.internal.knative.dev'
  const ingress = await get`${kind} api --namespace ${namespace}`
  const host = hostOf(ingress === undefined ? objects : [ingress])
  const describe = `kubectl -n ${namespace} describe ${kind}/api`
  return [
    ingress === undefined
      ? wrong(`host ${host}`, 'its Ingress is missing', deployCommand(environment))
      : finding(`host ${host}`, isTrue(ingress, 'Ready'), reasonOf(ingress, 'Ready'), describe),
    await checkName(host, objects),
    ...(environment === 'phase1' ? [] : await checkCertificate(host, objects)),
  ]
}

async function checkName(host: string, objects: readonly Json[]): Promise<Finding> {
  const address = await lookup(host).catch(() => undefined)
  if (address !== undefined) return right(`DNS ${host}: ${address.address}`)
  // RFC 6761 lets programs resolve these names themselves: curl and browsers need no resolver.
  if (host.endsWith('localhost'))
    return right(`DNS ${host}: known to curl and browsers; others need 127.0.0.1 ${host} in /etc/hosts`)
  const remedy = `point an A record at the gateway: ${addressCommand(objects)}`
  return wrong(`DNS ${host}`, 'the name does not resolve', remedy)
}

async function checkCertificate(host: string, objects: readonly Json[]): Promise<readonly Finding[]> {
  const what = `TLS ${host}`
  const gateway = await openGateway(objects)
  const shown = await presentedCertificate({ ...gateway.secure, authority: host }).catch(
    (error: Error) => error,
  )
  gateway.close()
  if (shown instanceof Error) {
    const remedy = 'make up (local), or kubectl get certificates -A (cert-manager)'
    return [wrong(what, `the gateway presents no certificate: ${shown.message}`, remedy)]
  }
  const days = Math.floor((Date.parse(shown.validTo) - Date.now()) / dayMs)
  const renewal = 'make up renews the local one; for cert-manager: kubectl describe certificates -A'
  const findings = [
    finding(
      what,
      shown.checkHost(host) !== undefined,
      `the certificate is for ${shown.subjectAltName}`,
      'make up, or add the host to the Certificate',
    ),
    finding(`${what}: ${days} days left`, days > renewalDays, 'it expires soon', renewal),
  ]
  const caFile = join(root, '.kube/certificates/ca.crt')
  if (!host.endsWith('localhost') || !existsSync(caFile)) return findings
  const isOurs = shown.checkIssued(new X509Certificate(readFileSync(caFile)))
  const fault = 'another CA issued it, perhaps that of another checkout'
  return [
    ...findings,
    finding(`${what}: issued by this checkout's CA`, isOurs, fault, 'make up from this checkout'),
  ]
}
