import { start } from '../shared/start.ts'
import { readConfig } from './config.ts'

start({ name: 'profile', readConfig, load: () => import('./compose.ts') })
