import { detect } from '../capabilities.ts'
import type { Finding } from '../types.ts'
import { diagnoseClock } from './clock.ts'
import { diagnoseFiles } from './files.ts'
import { diagnoseDisks, diagnoseGpus, diagnoseProcessor } from './hardware.ts'
import { diagnoseOpenFiles } from './limits.ts'
import { diagnoseOllama } from './ollama.ts'
import type { DoctorOptions } from './options.ts'
import { diagnosePorts } from './ports.ts'
import { diagnoseSystem } from './system.ts'
import { diagnoseSystemd } from './systemd.ts'

/** Everything `bzzz doctor` checks on this machine, in the order in which it is shown. Changes nothing, takes a few seconds at most. */
export const diagnoseMachine = async (options: DoctorOptions): Promise<readonly Finding[]> => {
  const { capabilities, gpuProblems } = await detect(options)
  const findings = await Promise.all([
    diagnoseSystem(options, capabilities.os),
    diagnoseProcessor(options.files, capabilities),
    diagnoseDisks(capabilities, options.dataFolder),
    diagnoseGpus(capabilities.gpus, gpuProblems),
    diagnosePorts(options),
    diagnoseSystemd(options),
    diagnoseClock(options).then((finding) => [finding]),
    diagnoseOllama(options),
    diagnoseFiles(options),
    diagnoseOpenFiles(options),
  ])
  return findings.flat()
}
