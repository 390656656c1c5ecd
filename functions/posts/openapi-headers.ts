/** Where a stored representation stands in for what cannot be read right now. */
export const age = { Age: 'Seconds since the representation was made, while the database is unavailable.' }

export const replayed = { 'Idempotency-Replayed': '`true` where this is the response of an earlier request.' }

export const moved = {
  308: {
    description: 'The post has another slug now.',
    headers: { Location: 'The same under its present slug.' },
  },
}

export const authorMoved = {
  308: {
    description: 'A person whom the list is filtered by has another username now.',
    headers: { Location: 'The same list under the present username.' },
  },
}
