import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import {
  type Bench,
  type Build,
  bundleOf,
  environmentOf,
  type FunctionName,
  functionsOf,
  labelOf,
  type Part,
  programOf,
} from '../bench.ts'
import { createFixture } from '../fixture.ts'
import { sendMany } from '../load.ts'
import { formatNumber, type Goal, type Section } from '../report/model.ts'
import { interleave, median } from '../samples.ts'
import { startServer, writeCodeCache } from '../server.ts'
import { routesOf } from '../targets.ts'

const rounds = 3
const requests = 10_000
const settleMs = 1_000
const mebibyte = 1024 ** 2

interface Size {
  readonly startedBytes: number
  readonly usedBytes: number
  readonly connections: number
}

async function run(bench: Bench): Promise<Section> {
  const routes = routesOf(await createFixture(bench), '')
  const entries = functionsOf(bench.builds).flatMap(name =>
    bench.builds.map(build => ({ label: labelOf(bench, build, name), name, build })),
  )
  for (const { build, name } of entries) writeCodeCache(programOf(build, name), environmentOf(bench, name))
  const contenders = entries.map(({ label, name, build }) => ({
    name: label,
    measure: () => measure(bench, build, name, routes),
  }))
  const sizes = await interleave(rounds, contenders, round => bench.onProgress(round / rounds))
  const of = (label: string, key: keyof Size) => median((sizes.get(label) ?? []).map(size => size[key]))
  return {
    part: 'size',
    title: 'Size',
    how: `Resident memory ${settleMs / 1_000} s after loading and after ${requests} reads over 8 connections, medians of ${rounds} processes each, interleaved.`,
    goals: entries.flatMap(({ label, build, name }): Goal[] => [
      {
        what: `${label}: resident memory after ${requests} requests`,
        bound: 'at most',
        limit: 96,
        measured: of(label, 'usedBytes') / mebibyte,
        unit: 'MiB',
      },
      {
        what: `${label}: bundle`,
        bound: 'at most',
        limit: 1,
        measured: statSync(bundleOf(build, name)).size / mebibyte,
        unit: 'MiB',
      },
    ]),
    samples: Object.fromEntries(sizes),
    figures: [
      {
        kind: 'table',
        title: 'Memory, code, connections',
        columns: [
          'function',
          'MiB after start',
          `MiB after ${requests} requests`,
          'bundle kB',
          'bundle gzip kB',
          'image MB',
          'open sockets',
        ],
        rows: entries.map(({ label, build, name }) => [
          label,
          formatNumber(of(label, 'startedBytes') / mebibyte),
          formatNumber(of(label, 'usedBytes') / mebibyte),
          formatNumber(statSync(bundleOf(build, name)).size / 1_000),
          formatNumber(gzipSync(readFileSync(bundleOf(build, name))).length / 1_000),
          imageMegabytes(name),
          of(label, 'connections'),
        ]),
      },
    ],
  }
}

async function measure(
  bench: Bench,
  build: Build,
  name: FunctionName,
  routes: ReturnType<typeof routesOf>,
): Promise<Size> {
  const route = routes.find(({ functionName, method }) => functionName === name && method === 'GET')
  if (route === undefined) throw new Error(`no read is measured in ${name}`)
  const server = await startServer(programOf(build, name), environmentOf(bench, name))
  try {
    await server.loaded
    await sleep(settleMs)
    const startedBytes = server.residentBytes()
    await sendMany({ ...route, port: server.port }, requests)
    return { startedBytes, usedBytes: server.residentBytes(), connections: socketsOf(server.pid) }
  } finally {
    await server.stop()
  }
}

/** Sockets that the process holds: the listening one, Postgres, Redis, and clients that have not closed yet. */
function socketsOf(pid: number): number {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).filter(fd => readlinkSync(join(folder, fd)).startsWith('socket:')).length
  } catch {
    return Number.NaN
  }
}

/** The newest image of the function on this machine; a dash where there is none, or no Docker. */
function imageMegabytes(name: FunctionName): string {
  try {
    const docker = (...parameters: string[]) =>
      execFileSync('docker', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const [image] = docker('images', '--quiet', `dev.local/iod-${name}`).split('\n')
    if (!image) return '–'
    return formatNumber(Number(docker('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6)
  } catch {
    return '–'
  }
}

export const size: Part = { name: 'size', expectedSeconds: 45, run }
