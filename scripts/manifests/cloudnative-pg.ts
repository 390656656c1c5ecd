// The members of CloudNativePG's kinds that the manifests use; the operator's webhook checks the values.
interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
}

interface Resources {
  readonly requests: Readonly<Record<'cpu' | 'memory', string>>
  readonly limits: Readonly<Record<'memory', string>>
}

interface Probe {
  readonly periodSeconds: number
  readonly timeoutSeconds: number
  readonly failureThreshold: number
}

/** https://cloudnative-pg.io/docs/1.30/cloudnative-pg.v1/#clusterspec */
export interface IPostgresCluster {
  readonly apiVersion: 'postgresql.cnpg.io/v1'
  readonly kind: 'Cluster'
  readonly metadata: Metadata
  readonly spec: {
    readonly instances: number
    readonly imageName: string
    readonly enableSuperuserAccess: boolean
    readonly superuserSecret: { readonly name: string }
    readonly certificates?: { readonly serverAltDNSNames: readonly string[] }
    readonly bootstrap: {
      readonly initdb: Readonly<
        Record<
          | 'database'
          | 'owner'
          | 'encoding'
          | 'localeProvider'
          | 'builtinLocale'
          | 'localeCollate'
          | 'localeCType',
          string
        >
      >
    }
    readonly postgresql: {
      readonly parameters: Readonly<Record<string, string>>
      readonly pg_hba?: readonly string[]
      readonly synchronous: {
        readonly method: 'any' | 'first'
        readonly number: number
        readonly dataDurability: 'required' | 'preferred'
        readonly failoverQuorum: boolean
      }
    }
    readonly storage: { readonly size: string }
    readonly affinity: {
      readonly enablePodAntiAffinity: boolean
      readonly topologyKey: string
      readonly podAntiAffinityType: 'preferred' | 'required'
    }
    readonly resources: Resources
    readonly plugins: readonly {
      readonly name: string
      readonly isWALArchiver: boolean
      readonly parameters: Readonly<Record<string, string>>
    }[]
    readonly primaryUpdateStrategy: 'unsupervised' | 'supervised'
    readonly primaryUpdateMethod: 'switchover' | 'restart'
    readonly primaryLease: Readonly<
      Record<'leaseDurationSeconds' | 'renewDeadlineSeconds' | 'retryPeriodSeconds', number>
    >
    readonly failoverDelay: number
    readonly switchoverDelay: number
    readonly stopDelay: number
    readonly smartShutdownTimeout: number
    readonly probes: { readonly readiness: Probe }
  }
}

/** https://cloudnative-pg.io/docs/1.30/cloudnative-pg.v1/#scheduledbackupspec */
export interface IScheduledBackup {
  readonly apiVersion: 'postgresql.cnpg.io/v1'
  readonly kind: 'ScheduledBackup'
  readonly metadata: Metadata
  readonly spec: {
    readonly schedule: string
    readonly immediate: boolean
    readonly backupOwnerReference: 'none' | 'self' | 'cluster'
    readonly cluster: { readonly name: string }
    readonly method: 'plugin'
    readonly pluginConfiguration: { readonly name: string }
    readonly target: 'primary' | 'prefer-standby'
  }
}

interface SecretKey {
  readonly name: string
  readonly key: string
}

/** https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/#objectstorespec */
export interface IObjectStore {
  readonly apiVersion: 'barmancloud.cnpg.io/v1'
  readonly kind: 'ObjectStore'
  readonly metadata: Metadata
  readonly spec: {
    readonly retentionPolicy: string
    readonly configuration: {
      readonly destinationPath: string
      readonly endpointURL?: string
      readonly s3Credentials: Readonly<Record<'accessKeyId' | 'secretAccessKey', SecretKey>>
      readonly wal: { readonly compression: 'gzip'; readonly maxParallel: number }
      readonly data: { readonly compression: 'gzip' }
    }
    readonly instanceSidecarConfiguration: { readonly resources: Resources }
  }
}
