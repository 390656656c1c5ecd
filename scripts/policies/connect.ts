/**
 * Runs in a pod, as text: reports for each target whether a connection opens. A pod's policies take effect some time
 * after its start, so each target is tried until it is as expected, those that must pass first; or until the deadline.
 */
export const connectScript = `
const { connect } = require('node:net')
const { setTimeout: sleep } = require('node:timers/promises')
const { deadlineMs, targets } = JSON.parse(process.argv[1])

const opens = ({ host, port }) => new Promise(resolve => {
  const socket = connect({ host, port })
  const end = result => { socket.destroy(); resolve(result) }
  socket.setTimeout(1500, () => end(false))
  socket.once('connect', () => end(true))
  socket.once('error', () => end(false))
})

async function settled(target) {
  const startedMs = performance.now()
  for (;;) {
    const isOpen = await opens(target)
    if (isOpen === target.passes || performance.now() - startedMs > deadlineMs) return isOpen
    await sleep(100)
  }
}

async function main() {
  const open = []
  for (const passes of [true, false]) {
    const group = targets.filter(target => target.passes === passes)
    await Promise.all(group.map(async target => { if (await settled(target)) open.push(target.name) }))
  }
  console.log(JSON.stringify(open))
}
void main()
`

/** Runs in a pod, as text: accepts connections on the ports of its argument, and stays. */
export const listenScript = `
for (const port of JSON.parse(process.argv[1])) require('node:net').createServer(socket => socket.end()).listen(port)
setInterval(() => undefined, 2 ** 30)
`
