// The options of this run. Apart from their schemas, with which main.ts refuses a wrong one before this is loaded.
import { parseOptions } from '../cli/options.ts'
import { optionSchemas } from './options.ts'

export const options = parseOptions(optionSchemas)
