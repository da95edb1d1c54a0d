import type { Files } from '../ports.ts'

/** The name people use for an AMD card: libdrm's amdgpu.ids, lines of `744C, C8, AMD Radeon RX 7900 XTX`. */
export const amdName = async (files: Files, device: string, revision: string): Promise<string | null> => {
  const table = await files.text('/usr/share/libdrm/amdgpu.ids')
  for (const line of table?.split('\n') ?? []) {
    const [id, rev, ...name] = line.split(',').map((cell) => cell.trim())
    if (id?.toLowerCase() === device && rev?.toLowerCase().padStart(2, '0') === revision && name.length > 0) return name.join(', ')
  }
  return null
}

/** The name in the table of PCI devices (pci.ids(5)), where the machine has one. */
export const pciName = async (files: Files, vendor: string, device: string): Promise<string | null> => {
  for (const path of ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids']) {
    const found = parsePciName((await files.text(path)) ?? '', vendor, device)
    if (found !== null) return found
  }
  return null
}

/** Vendors start a line, their devices follow indented by one tab. In `Navi 31 [Radeon RX 7900 XT/XTX]` the name is in brackets. */
export const parsePciName = (table: string, vendor: string, device: string): string | null => {
  const start = table.search(new RegExp(`^${vendor}  `, 'm'))
  if (start === -1) return null
  const rest = table.slice(start)
  const end = rest.slice(1).search(/^[0-9a-f]{4} {2}/m)
  const section = end === -1 ? rest : rest.slice(0, end + 1)
  const name = new RegExp(`^\\t${device}  (.+)$`, 'm').exec(section)?.[1]?.trim()
  return name === undefined ? null : (/\[([^\]]+)\]$/.exec(name)?.[1] ?? name)
}
