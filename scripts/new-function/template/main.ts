import { start } from '../../../functions/shared/start.ts'
import { readConfig } from './config.ts'

start({ name: 'sample', readConfig, load: () => import('./compose.ts') })
