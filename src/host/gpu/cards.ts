import type { Files } from '../ports.ts'

/** A graphics device as the kernel's DRM sees it. */
export interface Card {
  /** /sys/class/drm/card1 */
  readonly folder: string
  readonly vendor: string
  /** PCI device and revision, lower-case hex without 0x. */
  readonly device: string
  readonly revision: string
  /** 0000:03:00.0; null for what is not on PCI. */
  readonly slot: string | null
  /** Kernel module: amdgpu, i915, xe, nouveau. */
  readonly driver: string | null
}

/** All cards of /sys/class/drm, each device once, in order of their numbers. */
export const findCards = async (files: Files): Promise<readonly Card[]> => {
  const names = (await files.list('/sys/class/drm')).filter((name) => /^card\d+$/.test(name))
  names.sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
  const cards = await Promise.all(names.map((name) => readCard(files, `/sys/class/drm/${name}`)))
  const seen = new Set<string>()
  return cards.filter((card): card is Card => {
    if (card === null) return false
    const key = card.slot ?? card.folder
    return !seen.has(key) && seen.add(key) !== undefined
  })
}

const readCard = async (files: Files, folder: string): Promise<Card | null> => {
  const [vendor, device, revision, uevent] = await Promise.all(
    ['vendor', 'device', 'revision', 'uevent'].map((name) => files.text(`${folder}/device/${name}`)),
  )
  if (!vendor) return null
  return {
    folder,
    vendor: vendor.trim().toLowerCase(),
    device: hex(device),
    revision: hex(revision),
    slot: /^PCI_SLOT_NAME=([0-9a-f:.]+)$/im.exec(uevent ?? '')?.[1]?.toLowerCase() ?? null,
    driver: /^DRIVER=(\S+)$/m.exec(uevent ?? '')?.[1] ?? null,
  }
}

const hex = (text: string | null | undefined): string => (text ?? '').trim().toLowerCase().replace(/^0x/, '')
