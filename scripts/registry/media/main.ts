import { start } from '../../../functions/shared/start.ts'
import { readConfig } from './config.ts'

start({ name: 'media', readConfig, load: async () => ({ compose: (await import('./compose.ts')).compose }) })
