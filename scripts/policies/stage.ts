import { parseOptions, yesOrNo } from '../cli/options.ts'
import { readOverlay } from '../manifests/rendered.ts'
import { namespaceOf } from '../release/overlay.ts'
import type { Stage } from './stand-ins.ts'

const objects = readOverlay('phase3')

/** Phase 3 has all that the policies are for, with its data in the cluster. */
export const stage: Stage = {
  ...{ objects, namespace: namespaceOf(objects) },
  wakesNeighbours: parseOptions({ NEIGHBOURS: yesOrNo }).NEIGHBOURS,
}
