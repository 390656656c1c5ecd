// make documents
import { readFileSync, writeFileSync } from 'node:fs'
import { connectionTable } from '../policies/connections.ts'
import { readmeFile, replaceTable, threatModelFile, withTables } from './tables.ts'
import { operationsFile, versionTable } from './versions.ts'

writeFileSync(readmeFile, withTables(readFileSync(readmeFile, 'utf8')))
const threatModel = readFileSync(threatModelFile, 'utf8')
writeFileSync(threatModelFile, replaceTable(threatModel, 'connections', connectionTable()))
const operations = readFileSync(operationsFile, 'utf8')
writeFileSync(operationsFile, replaceTable(operations, 'versions', versionTable(operations)))
