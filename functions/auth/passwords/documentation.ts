/** The description of an operation that requires the password again. A function, so that bundles drop it. */
export const reauthenticates = (text: string) =>
  `Requires the current password; a wrong one gets 403. Failed attempts are throttled per session. ${text}`
