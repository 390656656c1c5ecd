// Everything that the monitor shows: as a screen for a person, or as JSON for a program.

export interface Snapshot {
  readonly at: string
  readonly namespace: string
  readonly revisions: readonly RevisionState[]
  readonly postgres: PostgresState | Unknown
  readonly redis: RedisState | Unknown
  readonly ages: readonly Age[]
}

/** Why a part could not be read; the others are still shown. */
export interface Unknown {
  readonly unknown: string
}

export interface RevisionState {
  readonly function: string
  readonly revision: string
  readonly trafficPercent: number
  readonly state: 'zero' | 'waking' | 'ready' | 'stopping'
  readonly pods: number
  readonly readyPods: number
  readonly requestsPerSecond: number
  readonly errorShare: number
  readonly durationMs: Durations
  readonly wakes: Wakes
  readonly cpu: Usage
  readonly memory: Usage
}

/** Undefined without a request in the time window. */
export interface Durations {
  readonly p50: number | undefined
  readonly p95: number | undefined
  readonly p99: number | undefined
}

/** From zero to a started pod, in the last hour, at the resolution of Kubernetes' events: a second. */
export interface Wakes {
  readonly count: number
  readonly medianSeconds: number | undefined
  readonly maxSeconds: number | undefined
}

/** Of all pods of the revision: CPU in millicores, memory in MiB. */
export interface Usage {
  readonly used: number
  readonly requested: number
  /** Undefined where there is none. */
  readonly limit: number | undefined
}

export interface PostgresState {
  readonly connections: number
  readonly maxConnections: number
  readonly byRole: Readonly<Record<string, number>>
  /** The slowest first, each with the beginning of its text. */
  readonly slowStatements: readonly {
    readonly meanMs: number
    readonly calls: number
    readonly text: string
  }[]
  readonly slowSource: 'pg_stat_statements' | 'pg_stat_activity'
}

export interface RedisState {
  readonly usedMiB: number
  readonly maxMiB: number
  readonly hitShare: number | undefined
  readonly evictedKeys: number
}

export interface Age {
  readonly what: string
  readonly ageDays: number | undefined
  readonly endsInDays: number | undefined
}
