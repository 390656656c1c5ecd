const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, character => escapes[character] ?? '')

/** What the search marked, as HTML. Of a post's HTML the text is escaped already, of its title it is not. */
export const highlightTitle = (marked: string): string => toMarks(escapeHtml(marked))
export const highlightText = (marked: string): string =>
  toMarks(marked.replaceAll(/[<>]/g, ' ').replaceAll(/\s+/g, ' ').trim())

const toMarks = (marked: string) => marked.replaceAll('\u0002', '<mark>').replaceAll('\u0003', '</mark>')
