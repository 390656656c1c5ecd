const createdAt = '2026-11-02T09:30:00.000Z'
const texts = {
  displayName: 'Ada Lovelace',
  bio: 'Writes programs for engines that are not built yet.',
  location: 'London',
  website: 'https://ada.example.com/',
  avatarUrl: 'https://images.example.com/ada.png',
}

/** An example of each schema that is a whole body. */
export const examples = {
  Profile: {
    username: 'ada',
    ...texts,
    postsCount: 1,
    followersCount: 0,
    followingCount: 1,
    createdAt,
  },
  OwnProfile: {
    id: '0199f3a2-7c1e-7d4b-9a53-2f6c1be0d7aa',
    username: 'ada',
    email: 'ada@example.com',
    ...texts,
    visibility: 'public',
    createdAt,
    updatedAt: '2026-11-03T16:05:12.480Z',
  },
  ProfilePatch: { displayName: 'Ada Lovelace', bio: null },
  FollowState: { following: true },
  FollowedUsernames: { usernames: ['charles'] },
  FollowPage: {
    items: [{ username: 'charles', displayName: null, avatarUrl: null, followedAt: createdAt }],
    nextCursor: null,
  },
}
