export interface Person {
  readonly username: string
  readonly displayName: string
  readonly bio: string
  readonly location: string
  readonly follows: readonly string[]
}

export const people: readonly Person[] = [
  {
    username: 'maya',
    displayName: 'Maya Okafor',
    bio: 'I repair bicycles and write down what they teach me.',
    location: 'Bristol',
    follows: ['jonas', 'kenji', 'lucia', 'amelie'],
  },
  {
    username: 'jonas',
    displayName: 'Jonas Weber',
    bio: 'Bäcker, Frühaufsteher, Kartensammler.',
    location: 'Leipzig',
    follows: ['maya', 'amelie'],
  },
  {
    username: 'amelie',
    displayName: 'Amélie Laurent',
    bio: 'Jardinière en ville. Trois balcons, deux ruches.',
    location: 'Lyon',
    follows: ['jonas', 'ines', 'maya'],
  },
  {
    username: 'kenji',
    displayName: '佐藤 健二',
    bio: '各駅停車で旅をしています。写真は少なめ、文章は多め。',
    location: '金沢',
    follows: ['maya', 'lucia'],
  },
  {
    username: 'lucia',
    displayName: 'Lucía Romero',
    bio: 'Maestra de primaria. Leo en voz alta.',
    location: 'Sevilla',
    follows: ['ines', 'maya', 'kenji', 'tomasz'],
  },
  {
    username: 'ines',
    displayName: 'Inês Duarte',
    bio: 'Nado no mar o ano inteiro.',
    location: 'Setúbal',
    follows: ['lucia', 'amelie', 'maya'],
  },
  {
    username: 'tomasz',
    displayName: 'Tomasz Nowak',
    bio: 'Radio amateur, SP9. Long waves, long walks.',
    location: 'Zakopane',
    follows: ['kenji', 'maya'],
  },
]

/** Of every account of the demo. */
export const demoPassword = 'a long walk by the sea'
export const emailOf = (username: string) => `${username}@example.com`
