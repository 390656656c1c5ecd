import { join } from 'node:path'
import type { BuildOptions } from 'esbuild'

/** Options of every bundle: those of the functions, and those that they are measured against. */
export const bundleOptions: BuildOptions = {
  absWorkingDir: join(import.meta.dirname, '../..'),
  bundle: true,
  platform: 'node',
  target: 'node26',
  // Node loads a CommonJS file about 30 ms faster than an ES module.
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  minify: true,
  // OpenTelemetry as ES modules, which lose what nobody calls: a quarter is left of 309 kB.
  mainFields: ['module', 'main'],
  // CommonJS has no `import.meta`; these replace it.
  define: {
    'import.meta.bundled': 'true',
    'import.meta.url': 'importMetaUrl',
    'import.meta.filename': '__filename',
    'import.meta.dirname': '__dirname',
  },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  // Optional native driver of pg, never installed.
  external: ['pg-native'],
  // Loading Node's HTTP/2 takes several milliseconds of each start; queue-proxy speaks HTTP/1.1 to a function.
  alias: {
    'node:http2': './functions/shared/http/stub-http2.ts',
    postcss: './functions/posts/markdown/stub-postcss.ts',
  },
  legalComments: 'none',
  logLevel: 'warning',
}
