// The options of the measurements, which the parts read.
import { numberBetween, text, textOr } from '../cli/options.ts'

export const optionSchemas = {
  /** Names of parts: start,warm. */
  ONLY: text,
  /** Names of routes of the part cpu: publish a post;search. */
  ROUTES: text,
  /** 10000,100000 leaves out the million, which takes minutes to write. */
  GROWTH_SIZES: textOr('10000,100000,1000000'),
  JOURNEY_ROUNDS: numberBetween(1, 1_000, 10),
  WAKE_ROUNDS: numberBetween(1, 1_000, 20),
  HELLOWORLD_IMAGE: textOr('ghcr.io/knative/helloworld-go:latest'),
}
