/** The description of an operation that needs SMTP_URL. A function, so that bundles drop it. */
export const needsEmail = (text = '') =>
  `Answers 501 where the service has no server to send mail with. ${text}`
