import type { Memory } from '../memory.ts'
import type { Files, HostPorts } from '../ports.ts'
import { amdGpu, readAmd } from './amd.ts'
import { parseApple } from './apple.ts'
import { type Card, findCards } from './cards.ts'
import { intelGpu, readIntel } from './intel.ts'
import { nvidiaQuery, parseNvidia } from './nvidia.ts'
import { nvidiaFromProc } from './nvidia-proc.ts'
import { amdName, pciName } from './pci-names.ts'
import { parseRocm, type RocmReport, rocmQuery } from './rocm.ts'
import { type GpuSighting, joined, nothingSeen, numberIn } from './sighting.ts'
import { undrivenGpus } from './undriven.ts'

/** Reads the changing parts again; costs one nvidia-smi where there is an NVIDIA card, a few small files elsewhere, nothing without GPUs. */
export type GpuRefresh = (memory: Memory | null) => Promise<GpuSighting>

/** Finds all GPUs once and says how to look at them again. Never throws, never takes longer than the limits of its commands. */
export const detectGpus = async (
  ports: HostPorts,
  memory: Memory | null,
): Promise<{ readonly seen: GpuSighting; readonly refresh: GpuRefresh }> => {
  if (ports.platform === 'darwin') return fixed(await detectApple(ports, memory))
  const nvidia = nvidiaLook(ports)
  const [cards, nvidiaSeen] = await Promise.all([findCards(ports.files), nvidia(memory)])
  const amd = await amdLook(
    ports,
    cards.filter(({ vendor }) => vendor === '0x1002'),
  )
  const intel = await intelLook(
    ports.files,
    cards.filter(({ vendor, driver }) => vendor === '0x8086' && driver !== null),
  )
  const undriven = await undrivenGpus(ports.files)
  // A driver that says what is wrong knows better than the bus, which only sees that nothing works.
  const silent = nvidiaSeen.problems.length > 0 ? [] : undriven
  const steady: GpuSighting = { gpus: [], problems: silent }
  const looks = [
    ...(nvidiaSeen.gpus.length > 0 || nvidiaSeen.problems.length > 0 ? [nvidia] : []),
    ...(amd === null ? [] : [amd]),
    ...(intel === null ? [] : [intel]),
  ]
  const rest = await Promise.all([amd?.(memory) ?? nothingSeen, intel?.(memory) ?? nothingSeen])
  return {
    seen: joined([nvidiaSeen, ...rest, steady]),
    refresh: async (now) => joined([...(await Promise.all(looks.map((look) => look(now)))), steady]),
  }
}

const nvidiaLook =
  ({ run, files }: HostPorts): GpuRefresh =>
  async (memory) => {
    const ran = await run('nvidia-smi', nvidiaQuery)
    const seen = parseNvidia(ran, memory)
    return ran.problem === null ? seen : { gpus: await nvidiaFromProc(files), problems: seen.problems }
  }

const fixed = (seen: GpuSighting) => ({ seen, refresh: async () => seen })

/** Names and what sysfs lacks come from rocm-smi, once: it is slow, and a look again needs only sysfs. */
const amdLook = async ({ files, run }: HostPorts, cards: readonly Card[]): Promise<GpuRefresh | null> => {
  const driven = cards.filter(({ driver }) => driver === 'amdgpu')
  const named = await Promise.all(driven.map(async (card) => ({ card, name: await amdName(files, card.device, card.revision) })))
  const isKnown = named.length > 0 && named.every(({ name }) => name !== null)
  const rocm: RocmReport = isKnown ? { cards: [], driver: null, problem: null } : parseRocm(await run('rocm-smi', rocmQuery))
  if (driven.length === 0 && rocm.cards.length === 0) return null
  const driver = (await files.text('/sys/module/amdgpu/version'))?.trim() || rocm.driver || 'amdgpu'
  const gpus = await Promise.all(
    named.map(async ({ card, name }, at) => {
      const reported =
        rocm.cards.find(({ slot }) => slot !== null && slot === card.slot) ??
        (rocm.cards.length === driven.length ? rocm.cards[at] : undefined)
      return { card, reported, name: name ?? reported?.model ?? (await pciName(files, '1002', card.device)) ?? `AMD GPU ${card.device}` }
    }),
  )
  // A container may hide sysfs and still have rocm-smi: then its numbers are all there is.
  const sysfsLess = driven.length > 0 ? [] : rocm.cards
  return async (memory) => ({
    gpus: [
      ...(await Promise.all(
        gpus.map(async ({ card, name, reported }) => amdGpu(name, driver, merged(await readAmd(files, card), reported), memory)),
      )),
      ...sysfsLess.map((card) => amdGpu(card.model ?? 'AMD GPU', driver, merged(noReadings, card), memory)),
    ],
    problems: rocm.problem === null ? [] : [rocm.problem],
  })
}

const noReadings = { vramTotal: null, vramUsed: null, gttTotal: null, gttUsed: null, busyPercent: null, metricsFormat: null }

const merged = (own: Awaited<ReturnType<typeof readAmd>>, reported: RocmReport['cards'][number] | undefined) => ({
  ...own,
  vramTotal: own.vramTotal ?? reported?.vramTotal ?? null,
  vramUsed: own.vramUsed ?? reported?.vramUsed ?? null,
  busyPercent: own.busyPercent ?? reported?.busyPercent ?? null,
})

const intelLook = async (files: Files, cards: readonly Card[]): Promise<GpuRefresh | null> => {
  if (cards.length === 0) return null
  const names = await Promise.all(cards.map((card) => pciName(files, '8086', card.device)))
  return async () => ({
    gpus: await Promise.all(cards.map(async (card, at) => intelGpu(card, names[at] ?? null, await readIntel(files, card)))),
    problems: [],
  })
}

const detectApple = async ({ run }: HostPorts, memory: Memory | null): Promise<GpuSighting> => {
  const [profile, limit] = await Promise.all([
    run('system_profiler', ['SPDisplaysDataType', '-json'], { timeoutMs: 5_000 }),
    run('sysctl', ['-n', 'iogpu.wired_limit_mb']),
  ])
  return { gpus: parseApple(profile.stdout, memory, numberIn(limit.stdout)), problems: [] }
}
