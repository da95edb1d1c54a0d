/**
 * A mesh node as a process of its own, so that tests can kill it. Started with {seed (hex), port, incarnation} as its argument; prints
 * {self, addresses} and then takes one member list per line.
 */
import { createInterface } from 'node:readline'
import { openNode } from './node.ts'

const { seed, port, incarnation } = JSON.parse(process.argv[2] ?? '{}') as { seed: string; port: number; incarnation: number }
const mesh = await openNode({ identityKey: Buffer.from(seed, 'hex'), listen: [{ host: '127.0.0.1', port }], incarnation })
mesh.onFrame('ask', (from, frame) => void mesh.send(from, 'answer', frame))
console.log(JSON.stringify({ self: mesh.self, addresses: mesh.listenAddresses() }))
for await (const line of createInterface({ input: process.stdin })) mesh.setMembers(JSON.parse(line))
