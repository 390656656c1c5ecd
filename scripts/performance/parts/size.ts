import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { FunctionName } from '../../../functions/registry.ts'
import { type Benchmark, type Build, bundleOf, entriesOf, type Part, startFunction } from '../benchmark.ts'
import { saturate } from '../http-load.ts'
import { interleave } from '../interleave.ts'
import { atMost, type Section } from '../report/model.ts'
import { type Cell, table } from '../report/table.ts'
import { readOf } from '../routes.ts'

const rounds = 3
const amount = 10_000
const connections = 8
const settleMs = 1_000
const mebibyte = 1024 ** 2

async function run(benchmark: Benchmark): Promise<Section> {
  const entries = entriesOf(benchmark)
  const sizes = await interleave(rounds, entries, measure, benchmark.onProgress)
  const bundleBytes = ({ build, name }: (typeof entries)[number]) => statSync(bundleOf(build, name)).size
  return {
    title: 'Size',
    how: `Resident memory ${settleMs / 1_000} s after loading and after ${amount} reads over ${connections} connections, medians of ${rounds} processes each, interleaved.`,
    goals: entries.flatMap(entry => {
      const usedMiB = sizes.median(entry, size => size.usedMiB)
      return [
        atMost(96, 'MiB', `${entry.label}: resident memory after ${amount} requests`, usedMiB),
        atMost(1, 'MiB', `${entry.label}: bundle`, bundleBytes(entry) / mebibyte),
      ]
    }),
    samples: sizes,
    figures: [
      table(
        'Memory, code, connections',
        [
          ...['function', 'MiB after start', `MiB after ${amount} requests`],
          ...['bundle kB', 'bundle gzip kB', 'image MB', 'open sockets'],
        ],
        entries.map(entry => [
          entry.label,
          sizes.median(entry, size => size.startedMiB),
          sizes.median(entry, size => size.usedMiB),
          bundleBytes(entry) / 1_000,
          gzipSync(readFileSync(bundleOf(entry.build, entry.name))).length / 1_000,
          imageMegabytes(entry.name),
          sizes.median(entry, size => size.sockets),
        ]),
      ),
    ],
  }
}

async function measure({ build, name }: { build: Build; name: FunctionName }) {
  await using server = await startFunction(build, name)
  await server.loaded
  // What is loaded later than the application, such as the Redis client, is loaded by then.
  await sleep(settleMs)
  const startedMiB = server.residentBytes() / mebibyte
  await saturate({ ...readOf(name, build.fixture), port: server.port }, { connections, amount })
  return { startedMiB, usedMiB: server.residentBytes() / mebibyte, sockets: socketsOf(server.pid) }
}

/** The listening socket, those to Postgres and Redis, and those of clients that have not closed yet. */
function socketsOf(pid: number): number {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).filter(fd => readlinkSync(`${folder}/${fd}`).startsWith('socket:')).length
  } catch {
    return Number.NaN
  }
}

/** The newest image of the function on this machine; a dash without one, or without Docker. */
function imageMegabytes(name: FunctionName): Cell {
  const docker = (...parameters: string[]) =>
    execFileSync('docker', parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const [image = ''] = docker('images', '--quiet', `dev.local/iod-${name}`).split('\n')
    return Number(docker('image', 'inspect', '--format', '{{.Size}}', image)) / 1e6
  } catch {
    return '–'
  }
}

export const size: Part = { name: 'size', expectedSeconds: () => 45, run }
