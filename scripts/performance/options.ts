// The options of the measurements, which the parts read.
import * as v from 'valibot'
import { numberBetween, text, textOr } from '../cli/options.ts'

export const optionSchemas = {
  /** Names of parts: start,warm. */
  ONLY: text,
  /** Names of routes of the part cpu: publish a post;search. */
  ROUTES: text,
  /** 10000,100000 leaves out the million, which takes minutes to write. */
  GROWTH_SIZES: v.pipe(
    textOr('10000,100000,1000000'),
    v.check(sizes => /^\d{3,7}(,\d{3,7})*$/.test(sizes), 'is numbers of posts: 10000,100000'),
    v.transform(sizes => sizes.split(',').map(Number)),
  ),
  JOURNEY_ROUNDS: numberBetween(1, 1_000, 10),
  WAKE_ROUNDS: numberBetween(1, 1_000, 20),
  HELLOWORLD_IMAGE: textOr('ghcr.io/knative/helloworld-go:latest'),
}
