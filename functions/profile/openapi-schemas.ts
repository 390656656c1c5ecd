import * as schemas from './schemas.ts'

/** Names of the schemas of profile in `components.schemas`. */
export const namedSchemas = {
  Profile: schemas.PublicProfile,
  OwnProfile: schemas.OwnProfile,
  ProfilePatch: schemas.ProfilePatch,
  Visibility: schemas.Visibility,
  FollowState: schemas.Following,
  FollowedUsernames: schemas.Followed,
  FollowItem: schemas.FollowItem,
  FollowPage: schemas.FollowPage,
}
