import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Spectral } from '@stoplight/spectral-core'
import { expect, test } from 'vitest'
import { root } from '../cluster/command.ts'
import { ruleset } from './spectral-ruleset.ts'

const document: string = readFileSync(join(root, 'docs/openapi.json'), 'utf8')

const spectral = new Spectral()
spectral.setRuleset(ruleset)

async function findings(text: string): Promise<readonly string[]> {
  const results = await spectral.run(JSON.parse(text))
  return results.map(({ code, path, message }) => `${code}: ${path.join(' ')}: ${message}`)
}

test("Spectral's rules and OWASP's find nothing", async () => {
  expect(await findings(document)).toEqual([])
}, 60_000)

test('planted violations are found', async () => {
  const planted = JSON.parse(document)
  const { post } = planted.paths['/posts']
  post.security = []
  delete post.summary
  post.requestBody.content['application/json'].schema = {
    type: 'object',
    properties: {
      title: { type: 'string' },
      tags: { type: 'array', items: { type: 'string', maxLength: 1 } },
      size: { type: 'integer' },
    },
  }
  delete planted.paths['/profile'].get.responses['401']
  planted.paths['/posts'].get.parameters.push({
    name: 'page',
    in: 'query',
    description: 'A page.',
    schema: { type: 'integer' },
  })
  planted.paths['/posts'].get.parameters.push({ name: 'token', in: 'query', schema: { type: 'string' } })
  planted.servers = [{ url: 'http://api.example.test', description: 'Plain HTTP.' }]
  const codes = (await findings(JSON.stringify(planted))).map(finding => finding.split(': ')[0])
  expect([...new Set(codes)]).toEqual(
    expect.arrayContaining([
      'input-arrays-are-bounded',
      'input-integers-are-bounded',
      'input-strings-are-bounded',
      'oas3-unused-component',
      'owasp:api2:2023-no-credentials-in-url',
      'owasp:api8:2023-no-server-http',
      'protected-operations-document-401',
      'public-operations-are-named',
    ]),
  )
}, 60_000)
