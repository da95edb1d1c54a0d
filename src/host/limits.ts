import type { Capabilities } from './types.ts'

const textMax = 128
const pathMax = 256
const sentenceMax = 512
const disksMax = 16
const gpusMax = 32

/** Cuts what a machine says of itself to what others take from it: one odd name must not cost the whole report. */
export const withinLimits = ({ os, cpu, memory, disks, gpus, ollama }: Capabilities): Capabilities => ({
  os: { ...os, name: cut(os.name, textMax), kernel: cut(os.kernel, textMax) },
  cpu: { ...cpu, model: cut(cpu.model, textMax) },
  memory,
  disks: disks.slice(0, disksMax).map((disk) => ({ ...disk, mount: cut(disk.mount, pathMax) })),
  gpus: gpus.slice(0, gpusMax).map((gpu) => ({ ...gpu, model: cut(gpu.model, textMax), driver: gpu.driver && cut(gpu.driver, 64) })),
  ollama: ollama && {
    ...ollama,
    version: ollama.version && cut(ollama.version, 64),
    store: ollama.store && cut(ollama.store, pathMax),
    warning: ollama.warning && cut(ollama.warning, sentenceMax),
  },
})

const cut = (text: string, lengthMax: number): string => (text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`)
