import { systemOperations } from '../shared/http/system-routes.ts'
import { documented } from '../shared/openapi/documented-operation.ts'
import { followOperations } from './follows/routes.ts'
import { FollowedUsernames, FollowItem, FollowPage, FollowState } from './follows/schemas.ts'
import { profileOperations } from './profiles/routes.ts'
import { OwnProfile, ProfilePatch, PublicProfile, Visibility } from './profiles/schemas.ts'

/** Every operation of the function, for the OpenAPI document and the tests. */
export const operations = [...profileOperations, ...followOperations, ...systemOperations('profile')].map(
  documented,
)

/** The names of its schemas in `components.schemas`. */
export const namedSchemas = {
  Profile: PublicProfile,
  OwnProfile,
  ProfilePatch,
  Visibility,
  FollowState,
  FollowedUsernames,
  FollowItem,
  FollowPage,
}
