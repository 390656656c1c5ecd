import { start } from '../shared/start.ts'
import { readConfig } from './config.ts'

start({ name: 'auth', readConfig, load: () => import('./assemble.ts') })
