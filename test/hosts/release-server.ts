import { join, normalize } from 'node:path'
import { hubAddress } from './network.ts'

/** Serves a folder over plain HTTP on port 80 of the hub, as a web server of a release would; archives below `/truncated` break off. */
const folder = process.argv[2] ?? ''

const brokenOff = (bytes: Uint8Array): ReadableStream => {
  let sent = false
  return new ReadableStream({
    pull: (controller) => {
      if (sent) return controller.error(new Error('the cable is out'))
      sent = true
      controller.enqueue(bytes.slice(0, 1_000_000))
    },
  })
}

Bun.serve({
  hostname: hubAddress,
  port: 80,
  fetch: async ({ url }) => {
    const path = normalize(new URL(url).pathname)
    const file = Bun.file(join(folder, path))
    if (!(await file.exists())) return new Response('', { status: 404 })
    return new Response(path.startsWith('/truncated/') && path.endsWith('.gz') ? brokenOff(await file.bytes()) : file)
  },
})
console.log('serving')
