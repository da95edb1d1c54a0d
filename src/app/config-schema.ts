import { isIP } from 'node:net'
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { logLevels } from '../base/index.ts'

const port = z
  .number('expected a port, a whole number from 0 to 65535')
  .int('expected a whole number')
  .min(0, 'expected 0 or more')
  .max(65_535, 'expected at most 65535')

const label = z
  .string('expected a name')
  .regex(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/, 'expected 1 to 63 of a-z 0-9 - _, beginning and ending with a letter or digit')

const absolute = z
  .string('expected a path')
  .refine((path) => isAbsolute(path) && !path.includes('\0'), 'expected an absolute path')
  .max(4_096, 'expected at most 4096 characters')

const address = z.string('expected an address').refine((host) => isIP(host) > 0, 'expected an IP address')

const loopback = z
  .string('expected an address')
  .refine(
    (host) => host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')),
    'expected a loopback address, because the page is plain HTTP; from elsewhere use `ssh -L 8080:127.0.0.1:8080 HOST`',
  )

const announced = z
  .string('expected an address')
  .max(300, 'expected at most 300 characters')
  .refine(
    (text) =>
      /^\/(ip4|ip6|dns|dns4|dns6)\/[^/\s]+\/tcp\/\d{1,5}$/.test(text) ||
      isIP(text) > 0 ||
      /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text),
    'expected an IP address, a host name, or an address like /ip4/10.0.0.5/tcp/8081',
  )

const httpUrl = z.string('expected an address like http://127.0.0.1:11434').refine((text) => {
  const url = URL.parse(text)
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
}, 'expected an address like http://127.0.0.1:11434, without a password in it')

/** Everything that can be configured; every key may be left out. The comment beside a key in README.md is its documentation. */
export const settingsSchema = z.strictObject({
  name: label.optional(),
  zone: label.nullable().optional(),
  data: absolute.optional(),
  socket: absolute.optional(),
  web: z.strictObject({ host: loopback.optional(), port: port.optional() }).optional(),
  mesh: z
    .strictObject({
      host: address.optional(),
      port: port.optional(),
      announce: z.array(announced, 'expected a list of addresses').max(16, 'expected at most 16').optional(),
    })
    .optional(),
  bulk: z.strictObject({ port: port.optional() }).optional(),
  gateway: z.strictObject({ port: port.optional() }).optional(),
  log: z
    .strictObject({
      level: z.enum(logLevels, `expected one of ${logLevels.join(', ')}`).optional(),
      format: z.enum(['auto', 'json', 'pretty'], 'expected one of auto, json, pretty').optional(),
    })
    .optional(),
  ollama: z.strictObject({ url: httpUrl.optional() }).optional(),
})

export type Settings = z.infer<typeof settingsSchema>

/** Where else than in the file a setting can be given. */
export const settingNames = [
  { path: ['name'], env: 'BZZZ_NAME', flag: 'name', kind: 'text' },
  { path: ['zone'], env: 'BZZZ_ZONE', flag: 'zone', kind: 'text' },
  { path: ['data'], env: 'BZZZ_DATA', flag: 'data', kind: 'path' },
  { path: ['socket'], env: 'BZZZ_SOCKET', flag: 'socket', kind: 'path' },
  { path: ['web', 'host'], env: 'BZZZ_WEB_HOST', flag: 'web-host', kind: 'text' },
  { path: ['web', 'port'], env: 'BZZZ_WEB_PORT', flag: 'web-port', kind: 'number' },
  { path: ['mesh', 'host'], env: 'BZZZ_MESH_HOST', flag: 'mesh-host', kind: 'text' },
  { path: ['mesh', 'port'], env: 'BZZZ_MESH_PORT', flag: 'mesh-port', kind: 'number' },
  { path: ['mesh', 'announce'], env: 'BZZZ_MESH_ANNOUNCE', flag: 'announce', kind: 'list' },
  { path: ['bulk', 'port'], env: 'BZZZ_BULK_PORT', flag: 'bulk-port', kind: 'number' },
  { path: ['gateway', 'port'], env: 'BZZZ_GATEWAY_PORT', flag: 'gateway-port', kind: 'number' },
  { path: ['log', 'level'], env: 'BZZZ_LOG_LEVEL', flag: 'log-level', kind: 'text' },
  { path: ['log', 'format'], env: 'BZZZ_LOG_FORMAT', flag: 'log-format', kind: 'text' },
  { path: ['ollama', 'url'], env: 'BZZZ_OLLAMA_URL', flag: 'ollama-url', kind: 'text' },
] as const satisfies readonly { path: readonly string[]; env: string; flag: string; kind: 'text' | 'path' | 'number' | 'list' }[]

/** Flags of `bzzz run` that are settings, without their dashes. */
export type SettingFlag = (typeof settingNames)[number]['flag']
