import type { Files } from '../ports.ts'
import type { Gpu } from '../types.ts'

/** NVIDIA cards as the driver itself lists them in /proc, without memory or load: what is left when nvidia-smi is missing or hangs. */
export const nvidiaFromProc = async (files: Files): Promise<readonly Gpu[]> => {
  const slots = await files.list('/proc/driver/nvidia/gpus')
  const driver = parseModuleVersion((await files.text('/proc/driver/nvidia/version')) ?? '')
  const texts = await Promise.all(slots.map((slot) => files.text(`/proc/driver/nvidia/gpus/${slot}/information`)))
  return texts.flatMap((text) => {
    const model = /^Model:\s*(.+)$/m.exec(text ?? '')?.[1]?.trim()
    return model === undefined ? [] : [{ vendor: 'nvidia', model: model.replace(/^NVIDIA (?=.)/, ''), ...unknown, driver }]
  })
}

/** "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  …", or "… Open Kernel Module for x86_64  570.86.15  Release Build". */
export const parseModuleVersion = (text: string): string | null => /^NVRM version:.*?\s(\d{3,}\.\d[\d.]*)\s/m.exec(text)?.[1] ?? null

const unknown = { vramTotalBytes: null, vramFreeBytes: null, unified: false, busyPercent: null } as const
