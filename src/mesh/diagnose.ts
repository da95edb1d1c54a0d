import type { PeerId } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import { bare, parseAddress } from './address.ts'
import type { DialFailure, Dialler } from './dial.ts'
import { type Peer, skewMsOf } from './peer.ts'
import { type Probe, probe } from './probe.ts'
import type { Twin } from './twins.ts'

const skewWarnMs = 1_000

/** Why this node does or does not see `peer`, from the outside in: member, address, port, handshake, greeting, clock. */
export const diagnosePeer = async (
  id: PeerId,
  options: {
    readonly peer: Peer | undefined
    readonly dialler: Dialler
    readonly twins: readonly Twin[]
    readonly version: string
    readonly nowMs: number
    readonly timeoutMs: number
  },
): Promise<Finding[]> => {
  const { peer, dialler, twins, version } = options
  if (!peer)
    return [
      {
        check: 'member',
        level: 'fail',
        message: 'This node is not on the member list here.',
        remedy: 'Admit it with "bzzz deploy" or "bzzz join".',
      },
    ]
  const findings: Finding[] = [{ check: 'member', level: 'ok', message: 'It is on the member list here.' }]
  const addresses = dialler.addresses(peer)
  if (addresses.length === 0)
    findings.push({
      check: 'address',
      level: 'fail',
      message: 'No address of it is known.',
      remedy: 'Start it: it announces its addresses when it connects.',
    })
  for (const address of addresses) {
    const result = await probe(address, options.timeoutMs)
    findings.push(portFinding(address, result))
    if (result === 'answers' && !peer.active) findings.push(handshakeFinding(address, await dialler.dial(peer, address), peer))
  }
  findings.push(...sightFindings(peer, version, options.nowMs))
  for (const twin of twins.filter((twin) => twin.peer === id))
    findings.push({
      check: 'identity',
      level: 'fail',
      message: `Two processes run with this identity (${twin.where.join(', ')}): ${twin.how}.`,
      remedy: 'Stop one of them; a cloned machine needs an identity of its own ("bzzz uninstall", then join again).',
    })
  return findings
}

const portFinding = (address: string, result: Probe): Finding => {
  const port = parseAddress(address)?.port ?? 0
  switch (result) {
    case 'answers':
      return { check: 'port', level: 'ok', message: `${address} answers.` }
    case 'refused':
      return {
        check: 'port',
        level: 'fail',
        message: `${address} refuses: the machine is up and nothing listens on port ${port}.`,
        remedy: 'Start bzzz there ("systemctl start bzzz"), and check that its mesh port is this one.',
      }
    case 'timed out':
      return {
        check: 'port',
        level: 'fail',
        message: `${address} does not answer: the machine is off, or a firewall drops port ${port}.`,
        remedy: `Open TCP port ${port} there, or check that the machine is on.`,
      }
    case 'unreachable':
      return {
        check: 'port',
        level: 'warn',
        message: `There is no way from here to ${address}.`,
        remedy: 'Check address, cable and routes.',
      }
    case 'bad address':
      return { check: 'address', level: 'warn', message: `${address} is not an address that can be dialled.`, remedy: 'Correct it.' }
  }
}

const handshakeFinding = (address: string, failure: DialFailure | null, peer: Peer): Finding => {
  const check = 'handshake'
  switch (failure) {
    case null:
      return peer.reason === 'it does not admit this node'
        ? {
            check,
            level: 'fail',
            message: 'It proves its identity and then refuses this node: this node is not on its member list.',
            remedy: 'Its log is probably behind: let it catch up with another member, or check whether this node was removed.',
          }
        : { check, level: 'ok', message: `${address} proves to be this node.` }
    case 'another cluster':
      return {
        check,
        level: 'fail',
        message: `Who answers at ${address} belongs to another cluster: its genesis is different.`,
        remedy: 'It was set up anew or joined elsewhere; remove it here, or join it again.',
      }
    case 'another identity':
      return {
        check,
        level: 'fail',
        message: `Somebody else answers at ${address}: the node there has another identity.`,
        remedy: 'Addresses were exchanged, or the machine was set up anew; remove the old member and join the new one.',
      }
    case 'not bzzz':
      return {
        check,
        level: 'fail',
        message: `Who answers at ${address} is not bzzz.`,
        remedy: 'Another program uses that port; see "ss -ltnp" there.',
      }
    default:
      return {
        check,
        level: 'fail',
        message: `The connection to ${address} ended in the handshake: ${failure}.`,
        remedy: 'Its log says why.',
      }
  }
}

const otherVersion = (peer: Peer, version: string): Finding => ({
  check: 'version',
  level: 'fail',
  message: `It runs ${peer.version ?? 'another version'}, and this node ${version}: they do not understand each other.`,
  remedy: 'Upgrade the older one.',
})

const sightFindings = (peer: Peer, version: string, nowMs: number): Finding[] => {
  if (!peer.active)
    return [
      ...(peer.reason === 'another version' ? [otherVersion(peer, version)] : []),
      {
        check: 'connection',
        level: 'fail',
        message: `There is no connection now${peer.reason ? `: ${peer.reason}` : ''}.`,
        remedy: 'The findings above say where it ends; it is dialled again all the time.',
      },
    ]
  const median = peer.trips.medianMs()
  const heard = peer.heardMs === null ? '' : `, heard ${Math.round(nowMs - peer.heardMs)} ms ago`
  const findings: Finding[] = [
    {
      check: 'connection',
      level: 'ok',
      message: `${peer.active.dialled ? 'Connected to' : 'It connected from'} ${bare(peer.active.remoteAddress)}${median === null ? '' : `, round trip ${median.toFixed(1)} ms`}${heard}.`,
    },
  ]
  if (peer.version !== version)
    findings.push({
      check: 'version',
      level: 'warn',
      message: `It runs ${peer.version ?? 'an unknown version'}, this node ${version}.`,
      remedy: 'Upgrade the older one.',
    })
  const skewMs = skewMsOf(peer)
  if (skewMs !== null && Math.abs(skewMs) > skewWarnMs)
    findings.push({
      check: 'clock',
      level: 'warn',
      message: `Its clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} this one.`,
      remedy: 'Switch on time synchronisation on both ("timedatectl set-ntp true").',
    })
  return findings
}
