import type { Capabilities, Gpu } from '../../src/host/types.ts'

/** What a processor is called by people: "AMD Ryzen 9 7950X 16-Core Processor" → "Ryzen 9 7950X". */
export const processorName = (model: string): string =>
  tidy(
    model
      .replace(/\((R|TM|C)\)/gi, ' ')
      .replace(/@.*$/, ' ')
      .replace(/\bw\/.*$/i, ' ')
      .replace(/\b(\d+|dual|quad|six|eight|twelve|sixteen)-core\b/gi, ' ')
      .replace(/\b(processor|cpu|\d+th gen|with radeon.*)\b/gi, ' ')
      .replace(/^\s*(AMD|Intel)\b/i, ' '),
  ) || 'unknown processor'

/** What a graphics card is called by people: "NVIDIA GeForce RTX 4090" → "RTX 4090". */
export const cardName = (model: string): string =>
  tidy(model.replace(/\((R|TM|C)\)/gi, ' ').replace(/\b(NVIDIA|GeForce|AMD\/ATI|AMD|Intel|Corporation)\b/gi, ' ')) || 'unknown card'

/** All cards in one phrase, equal ones counted: "2 × RTX 3090 and Arc A770"; "no GPU". */
export const cardNames = (gpus: readonly Gpu[]): string => {
  const counts = new Map<string, number>()
  for (const gpu of gpus) counts.set(cardName(gpu.model), (counts.get(cardName(gpu.model)) ?? 0) + 1)
  const names = [...counts].map(([name, count]) => (count > 1 ? `${count} × ${name}` : name))
  return names.length === 0 ? 'no GPU' : names.join(' and ')
}

/** One line that tells a machine from another: "RTX 4090, Ryzen 9 7950X"; without a card the processor stands first. */
export const hardware = ({ cpu, gpus }: Capabilities): string => {
  const parts = gpus.length === 0 ? [processorName(cpu.model), cardNames(gpus)] : [cardNames(gpus), processorName(cpu.model)]
  return [...parts, ...(gpus.some((gpu) => gpu.unified) ? ['memory shared with the GPU'] : [])].join(', ')
}

const tidy = (text: string): string => text.replace(/\s+/g, ' ').replace(/\s+,/g, ',').trim()
