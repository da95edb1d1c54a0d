import { resolve } from 'node:path'
import { Fault, nearest } from '../base/index.ts'
import { checkSettings } from './config-check.ts'
import { type SettingFlag, type Settings, settingNames } from './config-schema.ts'

type Texts = Readonly<Record<string, string | undefined>>

/** The settings given by environment variables. An empty value counts as not given. */
export const fromVariables = (env: Texts, cwd: string): Settings =>
  given(
    (setting) => env[setting.env],
    (setting) => setting.env,
    cwd,
  )

/** The settings given by flags of `bzzz run`. */
export const fromFlags = (flags: Readonly<Partial<Record<SettingFlag, string>>>, cwd: string): Settings =>
  given(
    (setting) => flags[setting.flag],
    (setting) => `--${setting.flag}`,
    cwd,
  )

type Setting = (typeof settingNames)[number]

const given = (read: (setting: Setting) => string | undefined, nameOf: (setting: Setting) => string, cwd: string): Settings => {
  const found: Record<string, unknown> = {}
  const names = new Map<string, string>()
  for (const setting of settingNames) {
    const text = read(setting)
    if (text === undefined || text === '') continue
    const [first, second] = setting.path
    const value = typed(text, setting.kind, cwd)
    if (second === undefined) found[first] = value
    else found[first] = { ...(found[first] as object | undefined), [second]: value }
    names.set(setting.path.join('.'), nameOf(setting))
  }
  return checkSettings(found, (path) => names.get(path.slice(0, 2).join('.')) ?? names.get(path[0] ?? '') ?? 'settings', true)
}

const typed = (text: string, kind: Setting['kind'], cwd: string): unknown => {
  if (kind === 'number') return /^\d{1,9}$/.test(text) ? Number(text) : text
  if (kind === 'list') return text.split(',').map((item) => item.trim())
  return kind === 'path' ? resolve(cwd, text) : text
}

/** One set of settings laid over another. */
export const merged = (under: Settings, over: Settings): Settings => ({
  ...under,
  ...over,
  web: { ...under.web, ...over.web },
  mesh: { ...under.mesh, ...over.mesh },
  bulk: { ...under.bulk, ...over.bulk },
  gateway: { ...under.gateway, ...over.gateway },
  log: { ...under.log, ...over.log },
  ollama: { ...under.ollama, ...over.ollama },
})

/** A variable that is nearly one of ours is a typing error; others with the prefix belong to somebody else. */
export const checkVariableNames = (env: Texts): void => {
  const known: string[] = [...settingNames.map((setting) => setting.env), 'BZZZ_CONFIG', 'BZZZ_DEBUG']
  for (const name of Object.keys(env)) {
    if (!name.startsWith('BZZZ_') || known.includes(name)) continue
    const meant = nearest(
      name.slice(5),
      known.map((one) => one.slice(5)),
    )
    if (meant !== undefined)
      throw new Fault('bad-config', `Environment: unknown variable ${name}: did you mean BZZZ_${meant}?`, { hint: 'Rename or unset it.' })
  }
}
