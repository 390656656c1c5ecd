// What @kubernetes-models/cloudnative-pg lacks; the operator's webhook checks the values.
import type { IBarmanObjectStoreConfiguration } from '@kubernetes-models/cloudnative-pg/github.com/cloudnative-pg/barman-cloud/pkg/api'
import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1'
import type { IResourceRequirements } from 'kubernetes-models/v1'

/** https://cloudnative-pg.io/docs/1.30/cloudnative-pg.v1/#clusterspec */
export type IPostgresCluster = ICluster & {
  readonly spec: {
    readonly primaryLease: Readonly<
      Record<'leaseDurationSeconds' | 'renewDeadlineSeconds' | 'retryPeriodSeconds', number>
    >
  }
}

/** https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/#objectstorespec */
export interface IObjectStore {
  readonly apiVersion: 'barmancloud.cnpg.io/v1'
  readonly kind: 'ObjectStore'
  readonly metadata: ICluster['metadata']
  readonly spec: {
    readonly retentionPolicy: string
    readonly configuration: IBarmanObjectStoreConfiguration
    readonly instanceSidecarConfiguration: { readonly resources: IResourceRequirements }
  }
}
