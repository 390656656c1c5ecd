import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { environmentOf } from '../environment-of.ts'
import { functions } from '../registry.ts'
import { spawnFunction } from '../shared/testing/function-process.ts'
import { unreachableTarget } from '../unreachable-target.ts'

/**
 * The processes as Knative runs them, with neither Postgres nor Redis behind them. Side by side: young processes wait for
 * their network.
 */
describe.concurrent.each(functions)('$name', { timeout: 60_000 }, definition => {
  const { name } = definition
  const environment = environmentOf(definition, unreachableTarget)

  it('listens, answers the probe and names what is down before it has met Postgres and Redis', async () => {
    using spawned = spawnFunction(name, environment)
    const { child, lines, logged, exited } = spawned
    const { port } = await logged('listening')
    const origin = `http://127.0.0.1:${port}`
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)

    const health = await fetch(`${origin}/${name}/health`)
    expect(health.status).toBe(503)
    expect(await health.json()).toMatchObject({
      status: 'down',
      checks: { postgres: { status: 'down' }, redis: { status: 'down' } },
    })

    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(lines.join('\n')).not.toContain('hunter2')
  })

  it('ends at once on a second signal', async () => {
    using spawned = spawnFunction(name, environment)
    const { child, logged, exited } = spawned
    const { port } = await logged('listening')
    const socket = connect(Number(port), '127.0.0.1')
    // The second request is never finished, so that draining has something to wait for.
    socket.write('GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\nGET /healthz HTTP/1.1\r\n')
    await once(socket, 'data')

    child.kill('SIGTERM')
    await logged('stopping')
    expect(child.exitCode).toBeNull()
    child.kill('SIGINT')
    expect(await exited).toBe(1)
    socket.destroy()
  })

  it('names the variable of a port that something else has', async () => {
    const other = createServer().listen(0)
    await once(other, 'listening')
    const address = other.address()
    const taken = String(typeof address === 'object' ? address?.port : '')
    using refused = spawnFunction(name, { ...environment, PORT: taken })
    expect(await refused.exited).toBe(1)
    expect(await refused.logged('PORT cannot be opened')).toMatchObject({ code: 'EADDRINUSE' })

    using without = spawnFunction(name, { ...environment, METRICS_PORT: taken })
    const { port } = await without.logged('listening')
    await without.logged('METRICS_PORT cannot be opened')
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    other.close()

    using same = spawnFunction(name, { ...environment, PORT: taken, METRICS_PORT: taken })
    expect(await same.exited).toBe(1)
    expect(same.lines.join()).toContain('METRICS_PORT must be another port than PORT')
  })

  it('does not start without its configuration and names every variable that is missing', async () => {
    using spawned = spawnFunction(name, { PORT: '0' })
    const { lines, exited } = spawned
    expect(await exited).toBe(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/DATABASE_URL is missing.*REDIS_URL is missing.*PUBLIC_URL is missing/)
  })
})
