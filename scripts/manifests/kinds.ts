import type { ICertificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1'
import type { IScheduledBackup } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1'
import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import type { IIngress as IKnativeIngress } from '@kubernetes-models/knative/networking.internal.knative.dev/v1alpha1'
import type { IService as IKnativeService } from '@kubernetes-models/knative/serving.knative.dev/v1'
import type { IDeployment, IStatefulSet } from 'kubernetes-models/apps/v1'
import type { ICronJob, IJob } from 'kubernetes-models/batch/v1'
import type { IIngress, INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import type { IRuntimeClass } from 'kubernetes-models/node.k8s.io/v1'
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1'
import type { IRole, IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import type { IConfigMap, INamespace, IService, IServiceAccount } from 'kubernetes-models/v1'
import type { IObjectStore, IPostgresCluster } from './cloudnative-pg.ts'

/** The type of each kind that a manifest may use. */
export interface Kinds {
  'v1 ConfigMap': IConfigMap
  'v1 Namespace': INamespace
  'v1 Service': IService
  'v1 ServiceAccount': IServiceAccount
  'apps/v1 Deployment': IDeployment
  'apps/v1 StatefulSet': IStatefulSet
  'batch/v1 Job': IJob
  'batch/v1 CronJob': ICronJob
  'networking.k8s.io/v1 Ingress': IIngress
  'networking.k8s.io/v1 NetworkPolicy': INetworkPolicy
  'policy/v1 PodDisruptionBudget': IPodDisruptionBudget
  'node.k8s.io/v1 RuntimeClass': IRuntimeClass
  'rbac.authorization.k8s.io/v1 Role': IRole
  'rbac.authorization.k8s.io/v1 RoleBinding': IRoleBinding
  'serving.knative.dev/v1 Service': IKnativeService
  'networking.internal.knative.dev/v1alpha1 Ingress': IKnativeIngress
  'cert-manager.io/v1 Certificate': ICertificate
  'postgresql.cnpg.io/v1 Cluster': IPostgresCluster
  'postgresql.cnpg.io/v1 ScheduledBackup': IScheduledBackup
  'barmancloud.cnpg.io/v1 ObjectStore': IObjectStore
  'gateway.networking.k8s.io/v1 HTTPRoute': IHTTPRoute
}
