import { type RuleDefinition, Ruleset } from '@stoplight/spectral-core'
import { enumeration, schema, truthy } from '@stoplight/spectral-functions'
import owasp from '@stoplight/spectral-owasp-ruleset'
import { oas } from '@stoplight/spectral-rulesets'
import { functions } from '../../functions/registry.ts'

/** The operations that need no token. */
const publicOperations = functions.flatMap(({ name, publicOperations }) => [
  `${name}Health`,
  `${name}OpenApi`,
  ...publicOperations,
])

type Check = RuleDefinition['then']

const rule = (given: string | string[], check: Check): RuleDefinition => ({
  given,
  severity: 'error',
  // biome-ignore lint/suspicious/noThenProperty: Spectral's own word, and nothing awaits a rule.
  then: check,
})

const boundedBy = (...members: string[]): Check => ({
  function: schema,
  functionOptions: { schema: { anyOf: members.map(member => ({ required: [member] })) } },
})

/** The schemas of all that a client sends, except headers: Node limits those together to 16 KiB. */
const sent = (type: string) => [
  `$.paths[*][*].parameters[?(@ && @.in != 'header')].schema..[?(@ && @.type == '${type}')]`,
  `$.paths[*][*].parameters[?(@ && @.in != 'header')].schema[?(@property == 'type' && @ == '${type}')]^`,
  `$.paths[*][*].requestBody.content[*].schema..[?(@ && @.type == '${type}')]`,
]

/** Every rule of Spectral's `oas` and of OWASP's API Security Top 10, except those below, each with its reason. */
export const ruleset = new Ruleset({
  extends: [oas, owasp],
  rules: {
    // These five apply to responses too, where a limit would bind us and protect nobody. Inputs: the three rules below.
    'owasp:api4:2023-array-limit': 'off',
    'owasp:api4:2023-integer-limit': 'off',
    'owasp:api4:2023-string-limit': 'off',
    'owasp:api4:2023-string-restricted': 'off',
    // JSON has one number type; minimum and maximum say more than int32.
    'owasp:api4:2023-integer-format': 'off',
    'input-arrays-are-bounded': rule(sent('array'), boundedBy('maxItems')),
    'input-integers-are-bounded': rule(sent('integer'), boundedBy('maximum')),
    'input-strings-are-bounded': rule(
      sent('string'),
      boundedBy('maxLength', 'enum', 'const', 'pattern', 'format'),
    ),

    // These three know no public operations. Instead: each is named in its function.ts, and all others document 401.
    'owasp:api2:2023-read-restricted': 'off',
    'owasp:api2:2023-write-restricted': 'off',
    'owasp:api8:2023-define-error-responses-401': 'off',
    'public-operations-are-named': rule(
      '$.paths[*][?(@ && @.security && @.security.length == 0)].operationId',
      { function: enumeration, functionOptions: { values: publicOperations } },
    ),
    'protected-operations-document-401': rule(
      '$.paths[*][?(@ && @.security && @.security.length > 0)].responses',
      { field: '401', function: truthy },
    ),

    // Reads have no limit per client: admission refuses with 503 what a process cannot do in time.
    'owasp:api4:2023-rate-limit': 'off',
    // CORS headers depend on the configured origins; `info.description` says so for all responses.
    'owasp:api8:2023-define-cors-origin': 'off',
    // The document is served by the host that it describes, whatever that host is for.
    'owasp:api9:2023-inventory-access': 'off',
    'owasp:api9:2023-inventory-environment': 'off',
  },
})
