import type { Report } from './stretch.ts'

const stretchSeeds = 20

/** Runs seeds on several threads; `heard` gets each report as it comes and says whether to go on. */
export const runCrew = async (
  seeds: readonly number[],
  options: { readonly threads: number; readonly wantsHistory: boolean },
  heard: (report: Report) => boolean,
): Promise<void> => {
  let at = 0
  let going = true
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url).href)
      const next = () => {
        const stretch = seeds.slice(at, at + stretchSeeds)
        at += stretch.length
        if (stretch.length > 0 && going) return worker.postMessage({ seeds: stretch, wantsHistory: options.wantsHistory })
        worker.terminate()
        resolve()
      }
      worker.onmessage = ({ data }: MessageEvent<Report>) => {
        going = heard(data) && going
        next()
      }
      worker.onerror = (event) => reject(new Error(event.message))
      next()
    })
  await Promise.all(Array.from({ length: Math.max(1, options.threads) }, work))
}
