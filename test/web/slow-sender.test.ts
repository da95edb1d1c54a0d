import { expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Hono } from 'hono'
import { listen } from '../../src/web/listen.ts'

const app = new Hono().get('/', (c) => c.text('here')).post('/', async (c) => c.text(await c.req.text()))

/** Sends `head`, then one byte a fifth of a second; resolves when the other side has had enough. */
const trickle = (port: number, head: string): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(port, '127.0.0.1', () => socket.write(head))
  const drip = setInterval(() => socket.write('a'), 200)
  socket.on('error', () => {})
  socket.on('close', () => {
    clearInterval(drip)
    resolve()
  })
  return promise
}

test('whoever sends slower than patience allows is cut, and the others are served meanwhile', async () => {
  await using listening = listen(app, { hostname: '127.0.0.1', port: 0 }, 1)
  const port = listening.port ?? 0
  // Headers are cut by Bun itself, after 12 s whatever we say (measured), which is too long to wait for here.
  const slow = Promise.all(
    Array.from({ length: 100 }, () => trickle(port, 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n')),
  )
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here')
  await slow
}, 30_000)
