import type { Finding } from '../types.ts'

/** A check that found nothing to mend. */
export const ok = (check: string, message: string): Finding => ({ check, level: 'ok', message })

/** Something works less well than it could; bzzz runs all the same. */
export const warn = (check: string, message: string, remedy: string): Finding => ({ check, level: 'warn', message, remedy })

/** Something keeps bzzz from running, or from running safely. */
export const fail = (check: string, message: string, remedy: string): Finding => ({ check, level: 'fail', message, remedy })
