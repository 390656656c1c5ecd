import { start } from '../shared/start.ts'
import { readConfig } from './config.ts'

start({ name: 'posts', readConfig, load: async () => ({ compose: (await import('./compose.ts')).compose }) })
