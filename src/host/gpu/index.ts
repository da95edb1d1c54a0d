export { detectGpus, type GpuRefresh } from './detect.ts'
export type { GpuProblem, GpuSighting } from './sighting.ts'
