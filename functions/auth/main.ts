import { start } from '../shared/start.ts'
import { readConfig } from './config.ts'

start({ name: 'auth', readConfig, load: () => import('./compose.ts') })
