import { afterAll, expect } from 'vitest'
import type { Queryable } from '../postgres/database.ts'
import { type Cost, combine, measureCost } from './cost.ts'

/** Of any one request, whatever its route. */
const limits: Cost = {
  loopMs: 50,
  postgresMs: 100,
  memoryBytes: 32 * 1_048_576,
  // The index of 16,000 distinct words is written with the post that has them.
  storedBytes: 3 * 1_048_576,
  answeredBytes: 2 * 1_048_576,
}
const columns = ['loopMs', 'postgresMs', 'memoryBytes', 'storedBytes', 'answeredBytes'] as const
const nothing: Cost = { loopMs: 0, postgresMs: 0, memoryBytes: 0, storedBytes: 0, answeredBytes: 0 }
/** A request over a limit is repeated: the first of a kind compiles code and plans statements. */
const maxRuns = 5

export interface MeasuredRequest {
  /** The row of the table: the highest costs of all requests with this name. */
  readonly name: string
  readonly what: string
  /** Called before each measurement, for what the request needs; returns what sends it and resolves to the bytes answered. */
  readonly prepare: () => Promise<() => Promise<number>>
}

/** Returns a function that fails where a request costs more than any may; prints the costs of all after the file's tests. */
export function createCostTable(owner: Queryable): (request: MeasuredRequest) => Promise<void> {
  const costs = new Map<string, Cost>([['limit of each', limits]])
  afterAll(() => {
    console.table(
      Object.fromEntries(
        [...costs].map(([name, cost]) => [
          name,
          Object.fromEntries(columns.map(column => [column, Math.round(cost[column])])),
        ]),
      ),
    )
  })

  return async ({ name, what, prepare }) => {
    const isOver = (column: keyof Cost) => cost[column] > limits[column]
    let cost = await measureCost(await prepare(), owner)
    for (let run = 1; run < maxRuns && columns.some(isOver); run += 1)
      cost = combine(Math.min, cost, await measureCost(await prepare(), owner))
    costs.set(name, combine(Math.max, costs.get(name) ?? nothing, cost))
    for (const column of columns)
      expect(cost[column], `${column} of ${what}`).toBeLessThanOrEqual(limits[column])
  }
}
