// A cluster with one Knative Service, scripted, for the commands that change which revision receives requests. Statuses are as Knative computes them: https://knative.dev/docs/serving/spec/knative-api-specification-1.0
import { fromYaml } from '../cluster/kubectl.ts'
import { type Call, kubectlScript, ScriptedKubectl } from '../cluster/test-kubectl.ts'
import { runScript } from '../cluster/test-script.ts'
import { type Json, text } from '../manifests/json.ts'

export interface ScriptedRevision {
  readonly image: string
  isReady: boolean
  rejectedBecause?: string
}

interface Target {
  /** Without it, the newest ready one. */
  readonly revisionName?: string
  readonly latestRevision?: true
  readonly percent: number
}

/** Of a JSON patch: the traffic, or the image. */
interface Operation {
  readonly value: readonly Target[] | string
}

/** Requests that each reading of a revision's queue-proxy adds to its counters, and how many of them failed. */
export interface Rate {
  readonly count: number
  readonly failed: number
}

export class ScriptedCluster implements AsyncDisposable {
  /** By name, oldest first. */
  readonly revisions = new Map<string, ScriptedRevision>()
  /** `spec.traffic` of the Service. */
  #traffic: readonly Target[] = [{ latestRevision: true, percent: 100 }]
  /** What changed, in the order of the calls. */
  readonly changes: string[] = []
  readonly rates = new Map<string, Rate>()
  /** Images whose revisions never become ready. */
  readonly brokenImages = new Set<string>()
  /** Runs before each call, as another person's command may. */
  onCall: (call: Call) => void = () => undefined
  /** False: the API server does not list the pods. */
  hasPods = true
  #jobs = new Map<string, Json>()
  #readings = new Map<string, number>()
  #generation = 1
  readonly #kubectl = new ScriptedKubectl(
    path => this.#get(path),
    call => {
      this.onCall(call)
      return this.#answer(call)
    },
  )

  constructor(...images: readonly string[]) {
    for (const image of images) this.addRevision(image)
  }

  addRevision(image: string): string {
    const name = `posts-0000${this.revisions.size + 1}`
    this.revisions.set(name, { image, isReady: !this.brokenImages.has(image) })
    this.#generation += 1
    return name
  }

  /** Gives revisions their shares; without a name, the newest. */
  route(...traffic: readonly Target[]): void {
    this.#traffic = traffic
    this.#generation += 1
  }

  /** Returns the shares of the requests by revision, as the gateway has them. */
  get shares(): Readonly<Record<string, number>> {
    const latest = [...this.revisions].findLast(([, { isReady }]) => isReady)?.[0] ?? ''
    return Object.fromEntries(
      this.#traffic.map(({ revisionName, percent }) => [revisionName ?? latest, percent]),
    )
  }

  /** Runs a command of this folder, with further programs on its PATH. */
  async run(
    command: string,
    options: Readonly<Record<string, string>>,
    programs: Readonly<Record<string, string>> = {},
  ) {
    return runScript(
      `scripts/release/${command}.ts`,
      { kubectl: kubectlScript, docker: 'exit 0', ...programs },
      { FUNCTION: 'posts', ...(await this.#kubectl.environment()), ...options },
    )
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#kubectl[Symbol.asyncDispose]()
  }

  #get(url: string): string {
    const { pathname, searchParams } = new URL(url, 'http://cluster')
    if (pathname.endsWith('/metrics')) return this.#metrics(/pods\/(posts-\d+)/.exec(pathname)?.[1] ?? '')
    if (pathname.endsWith('/pods')) return this.hasPods ? JSON.stringify({ items: this.#pods() }) : 'gone'
    if (pathname.endsWith('/services/posts')) return JSON.stringify(this.#service())
    const name = (searchParams.get('fieldSelector') ?? '').replace('metadata.name=', '')
    const object = pathname.endsWith('/jobs') ? this.#jobs.get(name) : this.#service()
    return object === undefined ? '' : `${JSON.stringify({ type: 'ADDED', object })}\n`
  }

  #answer({ args, input }: Call): string {
    const [verb = '', kind = '', name = ''] = args
    if (verb === 'get' && kind.startsWith('services.serving')) return JSON.stringify(this.#service())
    if (verb === 'get' && kind === 'revisions') return JSON.stringify({ items: this.#revisionObjects() })
    if (verb === 'get') return kind === '--raw' ? 'ok' : '{"items":[]}'
    if (verb === 'delete' && kind === 'job') this.#jobs.delete(name)
    if (verb === 'apply') for (const object of fromYaml(input)) this.#apply(object)
    if (verb === 'patch') this.#patch(JSON.parse(args[args.indexOf('--patch') + 1] ?? '[]'))
    if (verb === 'patch') return JSON.stringify(this.#service())
    if (verb === 'annotate') this.#annotate(name, args.find(word => word.includes('rejected-because')) ?? '')
    return ''
  }

  #apply(object: Json): void {
    const status = { succeeded: 1, conditions: [{ type: 'Complete', status: 'True' }] }
    if (typeof object === 'object' && object !== null && text(object, 'kind') === 'Job')
      this.#jobs.set(text(object, 'metadata', 'name') ?? '', { ...object, status })
  }

  #patch(operations: readonly Operation[]): void {
    for (const { value } of operations) {
      if (typeof value === 'string') this.changes.push(`${this.addRevision(value)}: ${value}`)
      else this.route(...value)
    }
    this.changes.push(this.#traffic.map(one => `${one.percent} % ${one.revisionName ?? 'latest'}`).join(', '))
  }

  #annotate(name: string, annotation: string): void {
    const revision = this.revisions.get(name)
    const reason = annotation.split('=').slice(1).join('=')
    if (revision === undefined) throw new Error(`there is no revision ${name}`)
    if (reason === '') delete revision.rejectedBecause
    else revision.rejectedBecause = reason
  }

  #service(): Json {
    const names = [...this.revisions.keys()]
    const latestCreated = names.at(-1) ?? ''
    const isConfigured = this.revisions.get(latestCreated)?.isReady === true
    const isRouted = Object.keys(this.shares).every(name => this.revisions.get(name)?.isReady)
    const condition = (type: string, holds: boolean) => ({ type, status: holds ? 'True' : 'False' })
    return {
      metadata: { name: 'posts', generation: this.#generation },
      spec: { traffic: this.#traffic.map(one => ({ ...one })) },
      status: {
        observedGeneration: this.#generation,
        latestCreatedRevisionName: latestCreated,
        latestReadyRevisionName: names.findLast(name => this.revisions.get(name)?.isReady) ?? '',
        traffic: Object.entries(this.shares).map(([revisionName, percent]) => ({ revisionName, percent })),
        conditions: [
          { ...condition('ConfigurationsReady', isConfigured), message: 'Revision failed: no image' },
          condition('RoutesReady', isRouted),
          { ...condition('Ready', isConfigured && isRouted), message: 'Revision failed: no image' },
        ],
      },
    }
  }

  #revisionObjects(): readonly Json[] {
    return [...this.revisions].map(([name, { image, isReady, rejectedBecause }], index) => ({
      metadata: {
        name,
        labels: { 'serving.knative.dev/configurationGeneration': String(index + 1) },
        annotations: rejectedBecause ? { 'iod-functions/rejected-because': rejectedBecause } : {},
        creationTimestamp: '2026-01-01T00:00:00Z',
      },
      spec: { containers: [{ image }] },
      status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
    }))
  }

  #pods(): readonly Json[] {
    return Object.keys(this.shares).map(name => ({
      metadata: { name, labels: { 'serving.knative.dev/revision': name } },
    }))
  }

  #metrics(revision: string): string {
    const reading = (this.#readings.get(revision) ?? 0) + 1
    this.#readings.set(revision, reading)
    const { count, failed } = this.rates.get(revision) ?? { count: 200, failed: 0 }
    const line = (kind: string, labels: string, value: number) =>
      `http_server_request_duration_seconds_${kind}{${labels}} ${value * reading}`
    return [
      line('count', 'http_response_status_code="200"', count - failed),
      line('count', 'http_response_status_code="500"', failed),
      line('bucket', 'le="0.005"', count),
      line('bucket', 'le="+Inf"', count),
    ].join('\n')
  }
}
