// Refuses a Make target in one sentence, before anything is built, where a program or a cluster is missing:
//   node scripts/cli/require.ts kubectl checkov | cluster | local-cluster
import { requireTools } from '../cluster/command.ts'
import { localConfig } from '../cluster/kubectl.ts'
import { localGateway } from '../cluster/local-gateway.ts'
import { requireCluster } from '../release/target.ts'
import { runCli } from './cli.ts'

await runCli({}, async (_, words) => {
  for (const word of words) {
    if (word === 'local-cluster') {
      localGateway()
      // The tests of the local cluster use no other, whatever KUBECONFIG names (scripts/e2e/vitest.config.ts).
      process.env['KUBECONFIG'] = localConfig
      await requireCluster('kind')
    } else if (word === 'cluster') await requireCluster()
    else requireTools([word])
  }
})
