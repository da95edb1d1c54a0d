export { type OllamaConcern, type OllamaProbe, ollamaCapability, ollamaUrlDefault, probeOllama } from './probe.ts'
export { type Judgement, judgeVersion } from './version.ts'
