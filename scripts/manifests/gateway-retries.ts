// Prints the runtime values that let Kourier's gateway send as many reads again at once as there are: Envoy allows three
// per function, and lets the rest fail. The functions are those of the registry, and Kourier names a cluster
// NAMESPACE/SERVICE: node scripts/manifests/gateway-retries.ts NAMESPACE
import { processNames } from '../release/overlay.ts'

/** More than one gateway has in flight while a process starts again. */
const maxRetries = 1_000

const [namespace] = process.argv.slice(2)
const entries = processNames.map(name => [
  `circuit_breakers.${namespace}/${name}.default.max_retries`,
  maxRetries,
])
console.log(JSON.stringify(Object.fromEntries(entries)))
