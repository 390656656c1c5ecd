import * as v from 'valibot'
import { Count, textUpTo } from '../../shared/formats.ts'
import { names } from '../../shared/http/names.ts'
import { maxSlugLength } from '../posts/schemas.ts'

export const FavoritesQuery = v.strictObject({ slugs: names(maxSlugLength) })
export const Favorites = v.object({
  slugs: v.pipe(
    v.array(textUpTo(maxSlugLength)),
    v.description('The requested posts that are favorites of yours.'),
  ),
})

export const FavoriteState = v.object({ favorited: v.boolean(), favoritesCount: Count })
