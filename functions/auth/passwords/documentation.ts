/** The description of an operation that requires the password again. A function, so that bundles drop it. */
export const reauthenticates = (text: string) =>
  `A wrong password answers 403. Attempts are throttled per session, as those to log in are per email. ${text}`
