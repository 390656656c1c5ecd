// `make test-performance`: measures, prints goals and tables, and writes perf/report.html and perf/report.json.
//   ONLY=start,warm   some parts; the other options are in options.ts
//   NAME=FOLDER       as an argument: a further build to compare with, as `make compare` gives it
import { runCli } from '../cli/cli.ts'
import { optionSchemas } from './options.ts'

// The parts read their options when they are loaded, which is after these have been checked.
await runCli(optionSchemas, async (_options, words) => (await import('./measure.ts')).measure(words))
