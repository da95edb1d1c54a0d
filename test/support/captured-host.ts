import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dir, '..', 'host', 'captured')

/** Text of a captured output. */
export const captured = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** A captured sysfs listing, as `Pretended.files` takes it. */
export const capturedFiles = (name: string): Readonly<Record<string, string | number[]>> => JSON.parse(captured(name))
