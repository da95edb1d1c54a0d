import { runStretch } from './stretch.ts'

declare const self: Worker

// One thread of `main.ts`: runs the seeds it is sent, answers with one report for each message.
self.onmessage = ({ data }: MessageEvent<{ seeds: readonly number[]; wantsHistory: boolean }>) => {
  self.postMessage(runStretch(data.seeds, data.wantsHistory))
}
