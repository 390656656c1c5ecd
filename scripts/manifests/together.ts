import { stringify } from 'yaml'
import { functions, type RegisteredFunction } from '../../functions/registry.ts'
import { processName, variablePrefix } from '../../functions/shared/together.ts'
import { secretVariables } from './secret-variables.ts'

/** That of posts and profile. Sign-ins, for which auth alone has 4, wait in a worker thread and not in the way of reads. */
const concurrencyTarget = '10'

/**
 * The component that puts every function into one Knative Service. It comes after all that an overlay has, changes the
 * first function into that Service, so that what components have set stays set, and takes the others away.
 */
export function togetherComponent(): string {
  const [first, ...others] = functions
  const anyOf = (definitions: readonly RegisteredFunction[]) => definitions.map(({ name }) => name).join('|')
  const service = { group: 'serving.knative.dev', kind: 'Service' }
  const budget = { group: 'policy', kind: 'PodDisruptionBudget' }
  const ingress = { group: 'networking.internal.knative.dev', kind: 'Ingress', name: 'api' }
  const container = '/spec/template/spec/containers/0'
  const renamed = (target: object, patch: readonly object[]) => ({
    target,
    options: { allowNameChange: true },
    patch: stringify([replace('/metadata/name', processName), ...patch]),
  })
  const removed = ({ group, kind }: typeof service) => ({
    target: { group, kind, name: anyOf(others) },
    patch: stringify({
      $patch: 'delete',
      apiVersion: `${group}/v1`,
      kind,
      metadata: { name: 'any' },
    }),
  })
  const source = { ...service, name: processName, fieldPath: 'metadata.name' }
  const paths = 'spec.rules.*.http.paths.*'
  return stringify(
    {
      apiVersion: 'kustomize.config.k8s.io/v1alpha1',
      kind: 'Component',
      patches: [
        removed(service),
        renamed({ ...service, name: first.name }, [
          replace(`${container}/image`, `iod-${processName}`),
          replace(`${container}/env`, functions.flatMap(prefixedVariables)),
          replace('/spec/template/metadata/annotations/autoscaling.knative.dev~1target', concurrencyTarget),
        ]),
        // Kustomize skips a patch that finds nothing.
        removed(budget),
        renamed({ ...budget, name: first.name }, [
          replace('/spec/selector/matchLabels/serving.knative.dev~1service', processName),
        ]),
        {
          target: { group: 'networking.k8s.io', kind: 'NetworkPolicy', name: `(${anyOf(functions)})-to-.*` },
          patch: stringify([
            replace('/spec/podSelector/matchLabels/serving.knative.dev~1service', processName),
          ]),
        },
      ],
      replacements: [
        {
          source,
          targets: [
            { select: ingress, fieldPaths: [`${paths}.splits.*.serviceName`] },
            {
              select: ingress,
              fieldPaths: [`${paths}.rewriteHost`],
              options: { delimiter: '.', index: 0 },
            },
          ],
        },
      ],
    },
    { lineWidth: 0 },
  )
}

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })

const prefixedVariables = (definition: RegisteredFunction) =>
  secretVariables(definition, variablePrefix(definition.name))
