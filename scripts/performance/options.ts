import { type Options, text, textOr, wholeNumberBetween } from '../cli/options.ts'

export const optionSchemas = {
  /** Names of parts: start,warm. */
  ONLY: text,
  /** Names of routes of the part cpu: publish a post;search. */
  ROUTES: text,
  JOURNEY_ROUNDS: wholeNumberBetween(1, 1_000, 10),
  WAKE_ROUNDS: wholeNumberBetween(1, 1_000, 20),
  HELLOWORLD_IMAGE: textOr('ghcr.io/knative/helloworld-go:latest'),
}

export type PerformanceOptions = Options<typeof optionSchemas>
