/** The description of an operation that needs SMTP_URL. A function, so that bundles drop it. */
export const needsEmail = (text = '') => `Returns 501 if the service has no mail server configured. ${text}`
