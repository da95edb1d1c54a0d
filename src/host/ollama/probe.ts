import { z } from 'zod'
import { answerMsMax, type HostPorts } from '../ports.ts'
import { isLoopback, listeners } from '../sockets.ts'
import type { Capabilities } from '../types.ts'
import { findStore, type Store } from './store.ts'
import { judgeVersion } from './version.ts'

export const ollamaUrlDefault = 'http://127.0.0.1:11434'

/** A sentence about an Ollama that is not as it should be, and what mends it. */
export interface OllamaConcern {
  readonly level: 'warn' | 'fail'
  readonly message: string
  readonly remedy: string
}

export interface OllamaProbe {
  readonly running: boolean
  readonly version: string | null
  /** Models it lists; null when it does not list them. */
  readonly models: number | null
  readonly store: Store | null
  readonly concerns: readonly OllamaConcern[]
}

/** Looks for an Ollama on this machine: does it answer, which version, where are its models, who can reach it. Null when there is none. */
export const probeOllama = async (ports: HostPorts, url: string): Promise<OllamaProbe | null> => {
  const [version, tags, store] = await Promise.all([askVersion(ports, url), askModels(ports, url), findStore(ports)])
  if (version !== null) {
    const reach = await exposure(ports, url)
    return {
      running: true,
      version,
      models: tags,
      store,
      concerns: [...versionConcerns(version), ...reach, ...tagConcerns(tags), ...storeConcerns(store)],
    }
  }
  const installed = store !== null || (await isInstalled(ports))
  return installed ? { running: false, version: null, models: null, store, concerns: [stopped(url), ...storeConcerns(store)] } : null
}

/** The short form that members announce. */
export const ollamaCapability = (probe: OllamaProbe | null): Capabilities['ollama'] => {
  if (probe === null) return null
  const { running, version, store, concerns } = probe
  return {
    running,
    version,
    store: store?.folder ?? null,
    warning: concerns.length === 0 ? null : concerns.map(({ message }) => message).join(' '),
  }
}

const versionShape = z.object({ version: z.string().max(100) })
const tagsShape = z.object({ models: z.array(z.unknown()).nullable() })

const askVersion = async ({ ask }: HostPorts, url: string): Promise<string | null> => {
  const answer = await ask(`${url}/api/version`, answerMsMax)
  return answer?.status === 200 ? (parseJson(answer.body, versionShape)?.version ?? null) : null
}

const askModels = async ({ ask }: HostPorts, url: string): Promise<number | null> => {
  const answer = await ask(`${url}/api/tags`, answerMsMax)
  const parsed = answer?.status === 200 ? parseJson(answer.body, tagsShape) : null
  return parsed === null ? null : (parsed.models?.length ?? 0)
}

const parseJson = <Value>(body: string, shape: z.ZodType<Value>): Value | null => {
  try {
    const parsed = shape.safeParse(JSON.parse(body))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

const versionConcerns = (version: string): readonly OllamaConcern[] => {
  const judgement = judgeVersion(version)
  if (judgement.level === 'safe') return []
  return [{ level: judgement.level === 'unsafe' ? 'fail' : 'warn', message: judgement.message, remedy: judgement.remedy }]
}

/** On anything but loopback Ollama has no check of who asks: everybody who reaches it may use, copy and delete its models. */
const exposure = async ({ files }: HostPorts, url: string): Promise<readonly OllamaConcern[]> => {
  const port = Number(/:(\d+)$/.exec(url)?.[1] ?? 80)
  const open = ((await listeners(files)) ?? []).filter((listener) => listener.port === port && !isLoopback(listener.address))
  if (open.length === 0) return []
  const everywhere = open.some(({ address }) => address === '0.0.0.0' || address === '::')
  const where = everywhere ? 'on every network of this machine (0.0.0.0)' : `on ${open.map(({ address }) => address).join(', ')}`
  return [
    {
      level: 'warn',
      message: `Ollama listens ${where} and asks nobody for a key.`,
      remedy:
        'sudo systemctl edit ollama, set Environment="OLLAMA_HOST=127.0.0.1:11434", then sudo systemctl restart ollama; the cluster reaches it through bzzz on 11435',
    },
  ]
}

const tagConcerns = (models: number | null): readonly OllamaConcern[] =>
  models !== null
    ? []
    : [
        {
          level: 'warn',
          message: 'Ollama answers, but does not list its models.',
          remedy: 'sudo systemctl restart ollama; journalctl -u ollama -n 50',
        },
      ]

const storeConcerns = (store: Store | null): readonly OllamaConcern[] =>
  store === null || store.readable
    ? []
    : [
        {
          level: 'warn',
          message: `The models in ${store.folder} cannot be read by this user, so they are kept twice when they are shared.`,
          remedy: `sudo chmod -R o+rX ${store.folder}`,
        },
      ]

const stopped = (url: string): OllamaConcern => ({
  level: 'warn',
  message: `Ollama is installed, but does not answer at ${url}.`,
  remedy: 'sudo systemctl start ollama, or ollama serve',
})

const isInstalled = async ({ files, env }: HostPorts): Promise<boolean> => {
  const folders = new Set([...(env.PATH ?? '').split(':'), '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'])
  for (const folder of folders) {
    if (folder.startsWith('/') && (await files.facts(`${folder}/ollama`))?.kind === 'file') return true
  }
  return false
}
