import type { ClusterView } from '../../../src/node/view.ts'
import { counted, diskSize, listed, listedBriefly, percent } from '../../words/index.ts'
import { type Concern, folded } from './concern.ts'

const diskLowShare = 0.1

/** Machines that still read the log. */
export const joining = ({ members }: ClusterView): readonly Concern[] => {
  const coming = members.filter((member) => member.health === 'joining')
  return folded(
    coming.map(({ peer, name, logReadPercent }): Concern => {
      const read = logReadPercent === null ? 'It reads the log' : `It reads the log, ${percent(logReadPercent / 100)} so far,`
      const detail = `${read} and then counts as healthy. It is a learner: it has everything, and no vote.`
      return { id: `joining-${peer}`, tone: 'info', symbol: 'run', title: `${name} is joining.`, detail }
    }),
    () => ({
      id: 'joining',
      tone: 'info',
      symbol: 'run',
      title: `${coming.length} machines are joining.`,
      detail: `${listedBriefly(coming.map((member) => member.name))} read the log and then count as healthy.`,
    }),
  )
}

/** Machines whose data disk is nearly full. */
export const lowDisks = ({ members }: ClusterView): readonly Concern[] => {
  const low = members.flatMap((member) => {
    const disk = member.capabilities?.disks[0]
    return disk === undefined || disk.totalBytes <= 0 || disk.freeBytes / disk.totalBytes >= diskLowShare ? [] : [{ ...member, disk }]
  })
  const meaning = 'A full disk can keep nothing new, so a machine without room neither leads nor follows.'
  return folded(
    low.map(({ peer, name, disk }): Concern => {
      const full = disk.freeBytes <= 0
      const title = full
        ? `The disk of ${name} is full.`
        : `${name} has ${diskSize(disk.freeBytes)} of disk left, ${percent(disk.freeBytes / disk.totalBytes)}.`
      return {
        id: `disk-${peer}`,
        tone: full ? 'bad' : 'warn',
        symbol: full ? 'x' : 'half',
        title,
        detail: `${meaning} Make room on ${disk.mount}.`,
      }
    }),
    () => ({
      id: 'disk',
      tone: low.some(({ disk }) => disk.freeBytes <= 0) ? 'bad' : 'warn',
      symbol: low.some(({ disk }) => disk.freeBytes <= 0) ? 'x' : 'half',
      title: `${low.length} machines have less than ${percent(diskLowShare)} of disk left.`,
      detail: `${listedBriefly(low.map(({ name, disk }) => `${name} ${diskSize(disk.freeBytes)}`))}. ${meaning}`,
    }),
  )
}

/** What a machine found wrong with its Ollama. */
export const ollamaWarnings = ({ members }: ClusterView): readonly Concern[] => {
  const warned = members.flatMap((member) => {
    const warning = member.capabilities?.ollama?.warning ?? null
    return warning === null ? [] : [{ ...member, warning }]
  })
  return folded(
    warned.map(({ peer, name, warning }): Concern => {
      return { id: `ollama-${peer}`, tone: 'warn', symbol: 'half', title: `Ollama on ${name} wants a look.`, detail: warning }
    }),
    () => ({
      id: 'ollama',
      tone: 'warn',
      symbol: 'half',
      title: `Ollama wants a look on ${warned.length} machines.`,
      detail: `${listedBriefly(warned.map(({ name }) => name))}. The page of each machine says why.`,
    }),
  )
}

/** Machines that run another version than this one. */
export const versions = ({ members, version }: ClusterView): readonly Concern[] => {
  const others = new Map<string, string[]>()
  for (const member of members) {
    if (member.version === null || member.version === version) continue
    others.set(member.version, [...(others.get(member.version) ?? []), member.name])
  }
  if (others.size === 0) return []
  const phrases = [...others].map(([other, names]) => `${other} runs on ${listedBriefly(names)}`)
  return [
    {
      id: 'versions',
      tone: 'off',
      symbol: 'ring',
      title: `${counted(others.size + 1, 'version')} of bzzz are at work.`,
      detail: `${listed(phrases)}; ${version} runs here. They work together; what is new waits until every machine knows it.`,
    },
  ]
}
