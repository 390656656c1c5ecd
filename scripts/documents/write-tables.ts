// make documents
import { readFileSync, writeFileSync } from 'node:fs'
import { readmeFile, withTables } from './tables.ts'

writeFileSync(readmeFile, withTables(readFileSync(readmeFile, 'utf8')))
