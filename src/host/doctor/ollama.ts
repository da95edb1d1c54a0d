import { type OllamaProbe, ollamaUrlDefault, probeOllama } from '../ollama/index.ts'
import type { Finding } from '../types.ts'
import { fail, ok, warn } from './finding.ts'
import type { DoctorOptions } from './options.ts'

/** Version, reach and store of the Ollama of this machine. */
export const diagnoseOllama = async (options: DoctorOptions): Promise<readonly Finding[]> => {
  const url = options.ollamaUrl ?? ollamaUrlDefault
  const probe = await probeOllama(options, url)
  if (probe === null) {
    return [
      warn(
        'ollama',
        `No Ollama is installed or answers at ${url}; this machine can be a member, but runs no models.`,
        'curl -fsSL https://ollama.com/install.sh | sh',
      ),
    ]
  }
  const concerns = probe.concerns.map(({ level, message, remedy }) => (level === 'fail' ? fail : warn)('ollama', message, remedy))
  return [...(probe.running ? [ok('ollama', answers(probe))] : []), ...concerns, ...store(probe)]
}

const answers = ({ version, models }: OllamaProbe): string => {
  const count = models === null ? '' : `, ${models} ${models === 1 ? 'model' : 'models'}`
  return `Version ${version ?? 'unknown'} answers${count}.`
}

const store = ({ store: found }: OllamaProbe): readonly Finding[] =>
  found === null
    ? [
        warn(
          'ollama store',
          'The folder with its models is not where Ollama usually has it.',
          'set OLLAMA_MODELS for bzzz to the folder that the service uses: systemctl show ollama --property=Environment',
        ),
      ]
    : [ok('ollama store', `${found.folder}.`)]
