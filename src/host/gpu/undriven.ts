import type { Files } from '../ports.ts'
import type { GpuProblem } from './sighting.ts'

/** NVIDIA and AMD devices on the bus that no usable driver holds: there is a GPU, and nothing can compute on it. */
export const undrivenGpus = async (files: Files): Promise<readonly GpuProblem[]> => {
  const slots = await files.list('/sys/bus/pci/devices')
  const found = await Promise.all(slots.map((slot) => inspect(files, slot)))
  return found.filter((problem) => problem !== null)
}

const inspect = async (files: Files, slot: string): Promise<GpuProblem | null> => {
  const folder = `/sys/bus/pci/devices/${slot}`
  const kind = (await files.text(`${folder}/class`))?.trim() ?? ''
  // 0x0300 VGA, 0x0302 3D controller (a card without outputs), 0x0380 other display; processing accelerators are 0x1200.
  if (!/^0x(0300|0302|0380|1200)/.test(kind)) return null
  const vendor = vendors[(await files.text(`${folder}/vendor`))?.trim().toLowerCase() ?? '']
  if (vendor === undefined) return null
  const driver = (await files.link(`${folder}/driver`))?.split('/').pop() ?? null
  // vfio-pci: handed to a virtual machine on purpose.
  if (driver === vendor.driver || driver === 'vfio-pci') return null
  const held = driver === null ? 'has no driver' : `is driven by ${driver}, which cannot compute`
  return { code: 'driver-missing', message: `The ${vendor.name} GPU at ${slot} ${held}, so it is not counted.`, remedy: vendor.remedy }
}

const vendors: Readonly<Record<string, { readonly name: string; readonly driver: string; readonly remedy: string }>> = {
  '0x10de': {
    name: 'NVIDIA',
    driver: 'nvidia',
    remedy: 'sudo apt install nvidia-driver (Debian) or sudo ubuntu-drivers install (Ubuntu), then restart',
  },
  '0x1002': { name: 'AMD', driver: 'amdgpu', remedy: 'sudo modprobe amdgpu; very old cards have no driver that computes' },
}
