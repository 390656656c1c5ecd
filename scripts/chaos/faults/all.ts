// Every fault that `make chaos` can try, those that people cause first.
import type { Fault } from '../fault.ts'
import { connectionFaults } from './connections.ts'
import { instanceFaults } from './instances.ts'
import { migrationFaults } from './migrations.ts'
import { overloadFaults } from './overload.ts'
import { platformFaults } from './platform.ts'
import { postgresFaults } from './postgres.ts'
import { redisFaults } from './redis.ts'
import { releaseFaults } from './releases.ts'
import { soakFaults } from './soak.ts'

export const faults: readonly Fault[] = [
  ...releaseFaults,
  ...platformFaults,
  ...redisFaults,
  ...postgresFaults,
  ...instanceFaults,
  ...migrationFaults,
  ...connectionFaults,
  ...overloadFaults,
  ...soakFaults,
]
