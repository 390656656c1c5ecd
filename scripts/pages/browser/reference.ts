import { followTheme } from './theme.ts'

interface SwaggerUi {
  preauthorizeApiKey(scheme: string, token: string): void
}

/** An Immutable.js map or list, as far as the search reads it. */
interface Immutable {
  get(key: string): Immutable & string
  set(key: string, value: Immutable): Immutable
  filter(isKept: (item: Immutable) => boolean): Immutable
  getIn(path: readonly string[]): string | undefined
  readonly size: number
  map(change: (item: Immutable) => Immutable): Immutable
}

interface ReceivedResponse {
  readonly url: string
  readonly ok: boolean
  readonly text: string
}

declare const SwaggerUIBundle: (options: object) => SwaggerUi

const element = document.querySelector('#data')
const spec = JSON.parse(element?.textContent ?? '{}')

/** Finds operations by every word of the phrase; Swagger UI itself compares only the names of tags. */
const search = () => ({
  fn: {
    opsFilter: (tags: Immutable, phrase: string) => {
      const words = phrase.toLowerCase().split(/\s+/)
      const isFound = (operation: Immutable) => {
        const text = [['path'], ['method'], ['operation', 'summary'], ['operation', 'description']]
          .map(path => operation.getIn(path) ?? '')
          .join(' ')
          .toLowerCase()
        return words.every(word => text.includes(word))
      }
      return tags
        .map(tag => tag.set('operations', tag.get('operations').filter(isFound)))
        .filter(tag => tag.get('operations').size > 0)
    },
  },
})

/** Swagger UI draws its parts later than it reports that it is complete. */
const labelSearch = new MutationObserver(() => {
  const input = document.querySelector('.operation-filter-input')
  if (input === null) return
  input.setAttribute('placeholder', 'Search: path, method or words')
  input.setAttribute('aria-label', 'Search operations')
  labelSearch.disconnect()
})
labelSearch.observe(document.body, { childList: true, subtree: true })

/** Uses the access token of a registration, sign-in or refresh in all further requests. */
function useToken(response: ReceivedResponse): ReceivedResponse {
  const token = response.ok ? /"accessToken":\s*"([\w.-]+)"/.exec(response.text)?.[1] : undefined
  if (token !== undefined) {
    ui.preauthorizeApiKey('accessToken', token)
    const session = document.querySelector('#session')
    if (session !== null) session.textContent = 'Signed in: requests carry your access token.'
  }
  return response
}

const isServed = location.protocol.startsWith('http')
/** Opened from a folder, the page has no host of its own. */
const anyHost = {
  url: '{host}',
  description: 'An installation; it must allow the origin "null" by CORS_ORIGINS=*.',
  variables: { host: { default: 'http://localhost:8080' } },
}

const ui = SwaggerUIBundle({
  spec: isServed ? spec : { ...spec, servers: [anyHost] },
  dom_id: '#reference',
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  plugins: [search],
  responseInterceptor: useToken,
})

const download = document.querySelector('#document')
download?.setAttribute('href', URL.createObjectURL(new Blob([JSON.stringify(spec, null, 2)])))
followTheme(document.querySelector('#theme'))
