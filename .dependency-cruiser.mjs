// The layers of docs/architecture.md, checked by `make verify`. Each rule's comment is what its violation prints.
// scripts/layers/layers.test.ts plants a violation of every rule and sees it reported.
// A folder of functions/ is one function; shared holds what two of them need, whole-system-tests what tests all of them
// together. `$1` is the folder of the importing file.

const tests = [
  String.raw`\.(test|commands|bounds|races|data|e2e)\.ts$`,
  '/test-[^/]+\\.ts$',
  '^functions/whole-system-tests/',
  '^functions/shared/testing/',
]
const folder = '^functions/(?!(?:shared|whole-system-tests)/)([^/]+)/'
const resource = `${folder}[^/]+/`
/** The files of a resource that know HTTP. */
const http = ['routes\\.ts$', '/documentation\\.ts$', `${folder}http/`]
const queries = '[-/](queries|statement|sources)\\.ts$'
const schemas = '[-/]schemas\\.ts$'
/** Value types and tables of fields. */
const values = '-(columns|fields|request|terms|address)\\.ts$'
const wiring = `${folder}(compose|main)\\.ts$`

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'Modules do not import each other in a circle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-other-function',
      comment: 'A function imports no other; what two of them need is in shared.',
      severity: 'error',
      from: { path: folder, pathNot: '^functions/backup/' },
      to: { path: '^functions/[^/]+/', pathNot: '^functions/($1|shared|whole-system-tests)/' },
    },
    {
      name: 'backup-knows-the-migrations',
      comment: 'The backup Job checks the migrations of an archive, and imports no other function.',
      severity: 'error',
      from: { path: '^functions/backup/' },
      to: { path: '^functions/[^/]+/', pathNot: '^functions/(backup|migrate|shared)/' },
    },
    {
      name: 'shared-knows-no-function',
      comment: 'shared imports no function.',
      severity: 'error',
      from: { path: '^functions/shared/' },
      to: { path: folder },
    },
    {
      name: 'no-test-in-production',
      comment: 'What is deployed imports no test, no script and no test tool.',
      severity: 'error',
      from: { path: '^functions/', pathNot: tests },
      to: { path: [...tests, '^scripts/'] },
    },
    {
      name: 'no-test-in-scripts',
      comment: 'A command imports no test and no test tool.',
      severity: 'error',
      from: { path: '^scripts/', pathNot: tests },
      to: { path: tests },
    },
    {
      name: 'registry-for-tools',
      comment: 'The files directly in functions/, and each function.ts, are for scripts and tests.',
      severity: 'error',
      from: { path: '^functions/[^/]+/', pathNot: [...tests, `${folder}function\\.ts$`] },
      to: { path: ['^functions/[^/]+\\.ts$', `${folder}function\\.ts$`] },
    },
    {
      name: 'wiring-is-outermost',
      comment: 'Nothing deployed imports main.ts; only main.ts and function.ts import compose.ts.',
      severity: 'error',
      from: { path: '^functions/', pathNot: [...tests, `${folder}(main|function)\\.ts$`] },
      to: { path: wiring },
    },
    {
      name: 'queries-are-innermost',
      comment: 'Queries import schemas, fields and other queries, and no use case.',
      severity: 'error',
      from: { path: queries },
      to: { path: folder, pathNot: [queries, schemas, values] },
    },
    {
      name: 'schemas-are-innermost',
      comment: 'Schemas import schemas and formats, and nothing that acts.',
      severity: 'error',
      from: { path: `${folder}.*${schemas}` },
      to: {
        path: [folder, '^functions/shared/(http|postgres|redis)/'],
        pathNot: [schemas, values, '^functions/shared/http/(cursor|names)\\.ts$'],
      },
    },
    {
      name: 'use-cases-know-no-http',
      comment: 'Below the routes nothing knows HTTP: no hono, no shared/http, no routes.',
      severity: 'error',
      from: { path: resource, pathNot: [...tests, ...http, schemas] },
      to: {
        path: [
          '^functions/shared/http/',
          '^node_modules/(@hono|hono)/',
          `${folder}(operations|responses|limits)\\.ts$`,
          ...http,
        ],
      },
    },
    {
      name: 'routes-call-use-cases',
      comment: 'Routes call use cases, never a query, Postgres or Redis.',
      severity: 'error',
      from: { path: http, pathNot: tests },
      to: { path: [queries, '^functions/shared/(postgres|redis)/'] },
    },
    {
      name: 'drivers-stay-in-shared',
      comment: 'Only shared/postgres, shared/redis and the Jobs know the drivers.',
      severity: 'error',
      from: {
        path: '^functions/',
        pathNot: [...tests, '^functions/(shared/(postgres|redis)|migrate|backup)/'],
      },
      to: { path: '^node_modules/(@types/)?(pg|ioredis)/' },
    },
    {
      name: 'no-development-package',
      comment: 'What is deployed imports only the dependencies of package.json.',
      severity: 'error',
      from: { path: '^functions/', pathNot: tests },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'no-unresolved',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^functions/client/node_modules/' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
