export interface HttpRequest {
  /** The title after `###`. */
  readonly title: string
  /** Set by `# @name`; later requests refer to its response. */
  readonly name: string | undefined
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** The requests of a `.http` file, as the REST clients of editors read it, with their `{{references}}` as written. */
export function parseHttpFile(text: string): readonly HttpRequest[] {
  const [, ...sections] = text.split(/^### ?/m)
  return sections.map(section => {
    const [title = '', ...lines] = section.split('\n')
    const name = lines.map(line => /^# @name (\w+)$/.exec(line)?.[1]).find(found => found !== undefined)
    const [head = '', ...rest] = lines
      .filter(line => !line.startsWith('#'))
      .join('\n')
      .trim()
      .split(/\n\n/)
    const [requestLine = '', ...headerLines] = head.split('\n')
    const [method = '', url = ''] = requestLine.split(' ')
    const headers = Object.fromEntries(headerLines.map(line => line.split(/: (.*)/s).slice(0, 2)))
    return { title, name, method, url, headers, body: rest.length > 0 ? rest.join('\n\n') : undefined }
  })
}

export interface ReceivedResponse {
  readonly headers: Headers
  readonly body: unknown
}

/** `text` with `{{host}}` and `{{name.response.(body|headers).member}}` replaced. Throws on a reference to nothing. */
export function resolveReferences(
  text: string,
  host: string,
  responses: ReadonlyMap<string, ReceivedResponse>,
): string {
  return text.replaceAll(/\{\{(.+?)\}\}/g, (reference, path: string) => {
    if (path === 'host') return host
    const [name = '', , part, member = ''] = path.split('.')
    const response = responses.get(name)
    const value = part === 'headers' ? response?.headers.get(member) : memberOf(response?.body, member)
    if (typeof value !== 'string') throw new Error(`${reference} refers to nothing`)
    return value
  })
}

const memberOf = (value: unknown, member: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === member)?.[1]
    : undefined
