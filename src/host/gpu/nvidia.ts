import { clampPercent } from '../cpu.ts'
import type { Memory } from '../memory.ts'
import type { Ran } from '../ports.ts'
import type { Gpu } from '../types.ts'
import { type GpuProblem, type GpuSighting, numberIn } from './sighting.ts'

const fields = ['index', 'uuid', 'name', 'memory.total', 'memory.free', 'driver_version', 'utilization.gpu']

/** Arguments of nvidia-smi whose output `parseNvidia` reads. Every driver since 331 knows these fields. */
export const nvidiaQuery: readonly string[] = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits']

/**
 * Reads what nvidia-smi gave. `memory` is the machine's own: chips that share it (GB10, Jetson) report "[N/A]" or a fraction.
 * A lost card is a problem, not a GPU; a card whose numbers are hidden (MIG in a container) stays, with nulls.
 */
export const parseNvidia = (ran: Ran, memory: Memory | null): GpuSighting => {
  if (ran.problem === 'missing') return { gpus: [], problems: [] }
  if (ran.problem !== null) return { gpus: [], problems: [problems.noAnswer] }
  const gpus: Gpu[] = []
  const found: GpuProblem[] = []
  for (const line of `${ran.stdout}\n${ran.stderr}`.split(/\r?\n/)) {
    if (line.trim() === '') continue
    const seen = readLine(line, memory)
    if (seen === null) continue
    if ('vendor' in seen) gpus.push(seen)
    else found.push(seen)
  }
  return { gpus, problems: [...new Map(found.map((problem) => [problem.message, problem])).values()] }
}

const readLine = (line: string, memory: Memory | null): Gpu | GpuProblem | null => {
  const [index, uuid, name, total, free, driver, busy, ...more] = line.split(',').map((cell) => cell.trim())
  const isRow = index !== undefined && /^\d{1,3}$/.test(index) && uuid !== undefined && name !== undefined
  if (line.includes('GPU is lost')) return problems.lost(isRow ? `GPU ${index}` : 'A GPU')
  if (!isRow) return knownFailure(line)
  if (!/^(GPU|MIG)-/.test(uuid) || name === '' || name.startsWith('[') || more.length > 0) return problems.unreadable(line)
  const shared = unifiedNames.test(name)
  const megabytes = (cell: string | undefined) => {
    const mebibytes = numberIn(cell)
    return mebibytes === null ? null : Math.round(mebibytes * 2 ** 20)
  }
  const busyNow = numberIn(busy)
  return {
    vendor: 'nvidia',
    model: name.replace(/^NVIDIA (?=.)/, ''),
    vramTotalBytes: shared ? (memory?.totalBytes ?? null) : megabytes(total),
    vramFreeBytes: shared ? (memory?.freeBytes ?? null) : megabytes(free),
    driver: driver === undefined || !/^\d[\d.]+$/.test(driver) ? null : driver,
    unified: shared,
    busyPercent: busyNow === null ? null : clampPercent(busyNow),
  }
}

/** Chips whose GPU has no memory of its own. Grace Hopper is not among them: its HBM is reported as usual. */
const unifiedNames = /\b(GB10|N1X?|DGX Spark|Orin|Thor|Xavier|Tegra|Jetson)\b/i

/** Failures are printed on stdout by some versions and on stderr by others; the exit code differs as well. */
const knownFailure = (line: string): GpuProblem | null => {
  if (/couldn't communicate with the NVIDIA driver/i.test(line)) return problems.driverSilent
  if (/version mismatch/i.test(line)) return problems.mismatch
  if (/Failed to initialize NVML/i.test(line)) return problems.driverSilent
  const [, handle] = /Unable to determine the device handle for (?:GPU)?\s*([0-9A-Fa-f:.]+\d)?/i.exec(line) ?? []
  if (/Unable to determine the device handle/i.test(line)) return problems.lost(handle === undefined ? 'A GPU' : `The GPU at ${handle}`)
  // "No devices were found", headings, warnings, other tools' noise: no GPU in this line, and nothing to mend.
  return null
}

const problems = {
  noAnswer: {
    code: 'no-answer',
    message: 'nvidia-smi did not answer within 2 s, so memory and load of the NVIDIA GPUs are not known.',
    remedy: 'sudo nvidia-smi -pm 1 keeps the driver loaded; if nvidia-smi hangs by hand as well, restart the machine',
  },
  driverSilent: {
    code: 'driver-silent',
    message: 'The NVIDIA driver does not answer nvidia-smi, so the NVIDIA GPUs are not counted.',
    remedy: 'sudo modprobe nvidia; after a new kernel or driver, restart the machine',
  },
  mismatch: {
    code: 'driver-mismatch',
    message: 'The NVIDIA driver that runs is older than its programs: it was updated and not restarted, so its GPUs are not counted.',
    remedy: 'sudo systemctl reboot',
  },
  lost: (which: string): GpuProblem => ({
    code: 'lost',
    message: `${which} has fallen off the bus and is not counted.`,
    remedy: 'sudo systemctl reboot; if it happens again, look at power, seat and cooling of the card (sudo dmesg | grep Xid)',
  }),
  unreadable: (line: string): GpuProblem => ({
    code: 'unreadable',
    message: `nvidia-smi said something that is not a GPU: "${line.slice(0, 80)}".`,
    remedy: `nvidia-smi ${nvidiaQuery.join(' ')}`,
  }),
} as const
