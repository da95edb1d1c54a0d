import { parseKeyValues } from '../key-values.ts'
import type { HostPorts } from '../ports.ts'

export interface Store {
  readonly folder: string
  /** False when this user may not look into it: the models are there, bzzz cannot read them. */
  readonly readable: boolean
}

const unitFolder = '/etc/systemd/system'

/**
 * Where Ollama keeps its models: OLLAMA_MODELS of its service, then of this environment, then the places of the Linux service and of a
 * user's own server. The first that exists; null when none does.
 */
export const findStore = async ({ files, env, homeFolder }: HostPorts): Promise<Store | null> => {
  const candidates = [await unitSetting(files), env.OLLAMA_MODELS, '/usr/share/ollama/.ollama/models', `${homeFolder}/.ollama/models`]
  for (const folder of candidates) {
    if (!folder) continue
    const facts = await files.facts(folder)
    if (facts?.kind === 'folder')
      return { folder, readable: (await files.list(folder)).length > 0 || (await files.facts(`${folder}/manifests`)) !== null }
  }
  return null
}

/** OLLAMA_MODELS in the systemd unit or its drop-ins, as `systemctl edit ollama` writes it; drop-ins win, later names over earlier. */
const unitSetting = async (files: HostPorts['files']): Promise<string | null> => {
  const dropIns = await files.list(`${unitFolder}/ollama.service.d`)
  const paths = [
    `${unitFolder}/ollama.service`,
    ...dropIns.filter((name) => name.endsWith('.conf')).map((name) => `${unitFolder}/ollama.service.d/${name}`),
  ]
  const texts = await Promise.all(paths.map((path) => files.text(path)))
  return texts.map((text) => environmentIn(text ?? '').OLLAMA_MODELS ?? null).findLast((folder) => folder !== null) ?? null
}

/** Variables of `Environment=` lines: several to a line, each possibly in quotes (systemd.exec(5)). */
export const environmentIn = (unit: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {}
  for (const [, line] of unit.matchAll(/^\s*Environment=(.*)$/gm)) {
    for (const [, double, single, bare] of (line ?? '').matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)) {
      Object.assign(found, parseKeyValues(double ?? single ?? bare ?? ''))
    }
  }
  return found
}
