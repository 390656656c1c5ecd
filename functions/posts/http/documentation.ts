// Texts shared by several operations; the build leaves them out of the bundles.

/** Sent with a stored representation. */
export const age = {
  Age: 'Seconds since the representation was made; only while the database is unavailable.',
}

export const pageHeaders = { ETag: 'Of this page.' }

export const replayed = {
  'Idempotency-Replayed': '`true` in the response to an earlier request with the same key.',
}

export const slugMoved = {
  308: {
    description: 'The post has a new slug.',
    headers: { Location: 'The same resource under the present slug.' },
  },
}

export const usernameMoved = {
  308: {
    description: 'A person named in a filter has a new username.',
    headers: { Location: 'The same list under the present username.' },
  },
}
