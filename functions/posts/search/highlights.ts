const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, character => escapes[character] ?? '')

/** Marked text as HTML. Text taken from a post's HTML is already escaped; a title is not. */
export const highlightTitle = (marked: string): string => toMarks(escapeHtml(marked))
export const highlightText = (marked: string): string =>
  toMarks(marked.replaceAll(/[<>]/g, ' ').replaceAll(/\s+/g, ' ').trim())

const toMarks = (marked: string) => marked.replaceAll('\u0002', '<mark>').replaceAll('\u0003', '</mark>')
