import { Agent } from 'node:http'
import {
  type Bench,
  type Build,
  environmentOf,
  type FunctionName,
  functionsOf,
  labelOf,
  type Part,
  programOf,
} from '../bench.ts'
import { createFixture, type Fixture, json } from '../fixture.ts'
import { once, type Target } from '../load.ts'
import type { Goal, Section } from '../report/model.ts'
import { type Contender, interleave, median } from '../samples.ts'
import { type Environment, startServer, writeCodeCache } from '../server.ts'
import { moduleCosts } from './modules.ts'

const rounds = 20
const warmUpRounds = 2

interface Start {
  readonly listeningMs: number
  readonly loadedMs: number
  readonly answerMs: number
}

async function run(bench: Bench): Promise<Section> {
  const fixture = await createFixture(bench)
  const bare: Contender<Start> = { name: 'bare node:http', measure: () => startBare(bench) }
  const functions = functionsOf(bench.builds)
  const contenders = functions.flatMap(name =>
    bench.builds.map(build => contender(bench, build, name, fixture)),
  )
  const all = [bare, ...contenders]
  const done = (round: number) => bench.onProgress((0.8 * (round + warmUpRounds)) / (rounds + warmUpRounds))
  await interleave(warmUpRounds, all, round => done(round - warmUpRounds))
  const starts = await interleave(rounds, all, done)
  const pick = (key: keyof Start) =>
    [...starts].map(([name, samples]) => ({ name, samples: samples.map(start => start[key]) }))
  const listening = pick('listeningMs')
  const bareMs = median(listening[0]?.samples ?? [])
  const goals = listening.slice(1).map(({ name, samples }): Goal => {
    const what = `process start → listening, ${name}, against a bare server`
    return { what, bound: 'at most', limit: 1.5, measured: median(samples) / bareMs, unit: '×' }
  })
  return {
    part: 'start',
    title: 'Start of a process',
    how: 'From the spawn of the process to its line that says it listens, to its line that the application is loaded, and to the end of the first answer that needed Postgres, asked for at listening. Code cache written before, as in the image.',
    goals,
    samples: Object.fromEntries(starts),
    figures: [
      { kind: 'distribution', title: 'Process start → listening', unit: 'ms', series: listening },
      {
        kind: 'distribution',
        title: 'Process start → application loaded',
        unit: 'ms',
        series: pick('loadedMs').slice(1),
      },
      {
        kind: 'distribution',
        title: 'Process start → first answer from Postgres',
        unit: 'ms',
        series: pick('answerMs').slice(1),
      },
      {
        kind: 'timeline',
        title: 'Start, medians',
        rows: [...starts].map(([name, samples]) => timelineRow(name, samples)),
      },
      await moduleCosts(bench),
    ],
  }
}

function timelineRow(name: string, starts: readonly Start[]) {
  const at = (key: keyof Start) => median(starts.map(start => start[key]))
  const phases = [
    { name: 'to listening', ms: at('listeningMs') },
    { name: 'to loaded', ms: at('loadedMs') - at('listeningMs') },
    { name: 'to first answer', ms: at('answerMs') - at('loadedMs') },
  ]
  return { name, phases: phases.filter(phase => phase.ms > 0) }
}

async function startBare(bench: Bench): Promise<Start> {
  const server = await startServer(bench.baselines.bare, environmentOf(bench, 'auth'))
  await server.stop()
  return { listeningMs: server.listeningMs, loadedMs: server.listeningMs, answerMs: server.listeningMs }
}

function contender(bench: Bench, build: Build, name: FunctionName, fixture: Fixture): Contender<Start> {
  const file = programOf(build, name)
  const env = environmentOf(bench, name)
  writeCodeCache(file, env)
  return {
    name: labelOf(bench, build, name),
    measure: () => startFunction(file, env, firstRequest(name, fixture)),
  }
}

async function startFunction(file: string, env: Environment, target: Omit<Target, 'port'>): Promise<Start> {
  const server = await startServer(file, env)
  const agent = new Agent()
  try {
    await once({ ...target, port: server.port }, agent)
    const answerMs = performance.now() - server.startedAtMs
    return { listeningMs: server.listeningMs, loadedMs: await server.loaded, answerMs }
  } finally {
    agent.destroy()
    await server.stop()
  }
}

function firstRequest(name: FunctionName, { username, slugs }: Fixture): Omit<Target, 'port'> {
  switch (name) {
    case 'auth': {
      // A token that nobody has: it is looked up, and no password is hashed.
      const body = JSON.stringify({ refreshToken: 'A'.repeat(43) })
      const [method, status] = ['POST', 401]
      return { name: 'refresh', method, paths: ['/auth/refresh'], headers: json, body, status }
    }
    case 'profile':
      return { name: 'a profile', method: 'GET', paths: [`/profile/${username}`], status: 200 }
    case 'posts':
      return { name: 'a post', method: 'GET', paths: [`/posts/${slugs[0]}`], status: 200 }
  }
}

export const start: Part = { name: 'start', expectedSeconds: 60, run }
