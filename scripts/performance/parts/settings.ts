import type { Bench, Part } from '../bench.ts'
import { formatNumber, type Section, summaryCells, summaryColumns } from '../report/model.ts'
import { median, summarize } from '../samples.ts'
import { createKinds } from '../wake/account.ts'
import { connectCluster, findGateway } from '../wake/cluster.ts'
import { createCopies, removeCopies } from '../wake/copies.ts'
import { clusterSettings, podSettings } from '../wake/settings.ts'
import { type Wake, wakeInTurn } from '../wake/wake-once.ts'
import { startWatcher } from '../wake/watcher.ts'

const rounds = Number(process.env['WAKE_ROUNDS'] ?? 20)
/** A setting of the cluster is changed back and forth this often, so that slow changes of the machine fall on both. */
const blocks = 4
/** Wakes of these follow each other within one burst, which is three times as quick as one copy again and again. */
const copiesForCluster = 3

const unchanged = 'as it is'

/** What a change of one setting does to a wake: those of a pod side by side, those of the cluster in turn. */
async function run(bench: Bench): Promise<Section> {
  const cluster = connectCluster()
  const gateway = findGateway()
  const profile = (await createKinds(gateway)).find(({ name }) => name === 'profile')
  if (profile === undefined) throw new Error('there is no wake of profile')
  const chosen = (process.env['SETTINGS'] ?? 'pod,cluster').split(',')
  const ofPod = podSettings.filter(({ name }) => chosen.includes('pod') || chosen.includes(name))
  const wanted = clusterSettings.filter(({ name }) => chosen.includes('cluster') || chosen.includes(name))
  const same = Array.from({ length: wanted.length > 0 ? copiesForCluster : 1 }, (_, n) =>
    n === 0 ? unchanged : `${unchanged} ${n + 1}`,
  )
  const kinds = [
    ...same.map(name => ({ ...profile, name })),
    ...ofPod.map(({ name, change }) => ({ ...profile, name, change })),
  ]
  // First, so that it sees the pods that each new Service begins with.
  const watcher = startWatcher(cluster)
  const copies = await createCopies(cluster, kinds, gateway.host.replace(/^api\./, ''))
  const scene = { cluster, watcher, gateway, copies }
  const rows: (string | number)[][] = []
  const raw: Record<string, readonly Wake[]> = {}
  const note = (name: string, wakes: readonly Wake[], before: readonly Wake[]) => {
    raw[name] = wakes
    const samples = wakes.map(({ totalMs }) => totalMs)
    const ratio = median(samples) / median(before.map(({ totalMs }) => totalMs))
    rows.push([name, ...summaryCells(summarize(samples)), formatNumber(ratio)])
  }
  try {
    if (ofPod.length > 0) {
      const besides = same.slice(1)
      const sideBySide = copies.filter(({ kind }) => !besides.includes(kind.name))
      const results = await wakeInTurn({ ...scene, copies: sideBySide }, rounds, round =>
        bench.onProgress((0.5 * round) / rounds),
      )
      for (const [name, wakes] of results) note(name, wakes, results.get(unchanged) ?? [])
    }
    const sameScene = { ...scene, copies: copies.filter(({ kind }) => same.includes(kind.name)) }
    const wakeBlock = async () =>
      [
        ...(await wakeInTurn(sameScene, Math.ceil(rounds / blocks / same.length), () => undefined)).values(),
      ].flat()
    for (const [index, { name, set, reset }] of wanted.entries()) {
      const before: Wake[] = []
      const after: Wake[] = []
      try {
        for (let block = 0; block < blocks; block += 1) {
          await reset(cluster)
          before.push(...(await wakeBlock()))
          await set(cluster)
          after.push(...(await wakeBlock()))
        }
      } finally {
        await reset(cluster)
      }
      note(`${name}: before`, before, before)
      note(`${name}: after`, after, before)
      bench.onProgress(0.5 + (0.5 * (index + 1)) / wanted.length)
    }
  } finally {
    watcher.stop()
    await removeCopies(cluster).catch(() => undefined)
  }
  return {
    part: 'settings',
    title: 'Settings and the wake',
    how: `Wake of a public profile; one setting changed at a time. Settings of the pod: copies side by side, interleaved. Settings of the cluster: ${blocks} times back and forth.`,
    goals: [],
    samples: raw,
    figures: [
      {
        kind: 'table',
        title: 'Wake, ms',
        columns: ['setting', ...summaryColumns, 'median against before'],
        rows,
      },
    ],
  }
}

/** Only when it is named, since it changes the cluster: ONLY=settings. */
export const settings: Part = { name: 'settings', expectedSeconds: 900, run }
