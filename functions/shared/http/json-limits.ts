/** JSON deeper than any schema describes costs stack and time in every later validator. */
const maxDepth = 16
/** The largest body that a schema describes has about 50 values; each one costs the validators time. */
const maxValues = 200

const codeOf = (character: string) => character.charCodeAt(0)
const quote = codeOf('"')
const backslash = codeOf('\\')
const comma = codeOf(',')
const opening = new Set(['[', '{'].map(codeOf))
const closing = new Set([']', '}'].map(codeOf))

/**
 * Says what a text in JSON has too much of. Looked at before it is parsed: a megabyte can be 100,000 members or a million open
 * brackets, which JSON.parse alone takes 100 ms for.
 */
export function findExcess(json: Uint8Array): string | undefined {
  let values = 1
  let depth = 0
  let isText = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] ?? 0
    if (byte === quote) isText = !isText
    else if (isText) at += byte === backslash ? 1 : 0
    else if (byte === comma) values += 1
    else if (closing.has(byte)) depth -= 1
    else if (opening.has(byte)) {
      values += 1
      depth += 1
    }
    if (depth > maxDepth) return `The body is nested more than ${maxDepth} levels deep.`
    if (values > maxValues) return `The body has more than ${maxValues} values.`
  }
  return undefined
}
