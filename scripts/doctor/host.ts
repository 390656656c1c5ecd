import { X509Certificate } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../cluster/command.ts'
import { presentedCertificate } from '../cluster/http-probe.ts'
import { get } from '../cluster/kubectl.ts'
import { isLocalName, localNameRemedy, resolveName } from '../cluster/local-name.ts'
import type { Json } from '../manifests/json.ts'
import { addressCommand, openGateway } from '../release/gateway.ts'
import { hostOf } from '../release/overlay.ts'
import { deployCommand, type Target } from '../release/target.ts'
import { conditionFault, type Finding, finding } from './finding.ts'

const dayMs = 86_400_000
const renewalDays = 14

/** Checks the host's Ingress, its name in DNS, and the certificate that the public gateway presents. */
export async function checkHost({ objects, namespace, environment }: Target): Promise<readonly Finding[]> {
  const kind = 'ingresses.networking.internal.knative.dev'
  const ingress = await get`${kind} api --namespace ${namespace}`
  const host = hostOf(ingress === undefined ? objects : [ingress])
  const describe = `kubectl -n ${namespace} describe ${kind}/api`
  const remedy = ingress === undefined ? deployCommand(environment) : describe
  return [
    finding(`host ${host}`, conditionFault(ingress, 'Ready'), remedy),
    await checkName(host, objects),
    ...(environment === 'phase1' ? [] : await checkCertificate(host, objects)),
  ]
}

export async function checkName(
  host: string,
  objects: readonly Json[],
  resolve = resolveName,
): Promise<Finding> {
  const address = await resolve(host)
  const what = `DNS ${host}`
  if (address === undefined && isLocalName(host)) {
    const note = 'curl and browsers find it, other programs on this machine do not'
    return { ...finding(what, undefined, localNameRemedy(host)), note }
  }
  return finding(
    `${what}: ${address ?? ''}`,
    address === undefined && 'the name does not resolve',
    `point an A record at the gateway: ${addressCommand(objects)}`,
  )
}

async function checkCertificate(host: string, objects: readonly Json[]): Promise<readonly Finding[]> {
  const what = `TLS ${host}`
  const gateway = await openGateway(objects)
  const shown = await presentedCertificate({ ...gateway.secure, authority: host }).catch(() => undefined)
  gateway.close()
  const renewal = 'make up (local), or for cert-manager: kubectl describe certificates -A'
  if (shown === undefined) return [finding(what, 'the gateway presents no certificate', renewal)]
  const days = Math.floor((Date.parse(shown.validTo) - Date.now()) / dayMs)
  const isOther = shown.checkHost(host) === undefined
  const caFile = join(root, '.kube/certificates/ca.crt')
  const isForeign =
    isLocalName(host) && existsSync(caFile) && !shown.checkIssued(new X509Certificate(readFileSync(caFile)))
  return [
    finding(what, isOther && `the certificate is for ${shown.subjectAltName}`, renewal),
    finding(`${what}: ${days} days left`, days <= renewalDays && 'it expires soon', renewal),
    finding(`${what}: issuer`, isForeign && 'is not the CA of this checkout', 'make up from this checkout'),
  ]
}
