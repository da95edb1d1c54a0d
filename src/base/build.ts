import manifest from '../../package.json' with { type: 'json' }

declare const BZZZ_VERSION: string | undefined
declare const BZZZ_COMMIT: string | undefined
declare const BZZZ_TARGET: string | undefined

/** What this program is. The compiler replaces the three names (`--define`); from source they do not exist. */
export const build: { readonly version: string; readonly commit: string; readonly target: string; readonly bun: string } = {
  version: typeof BZZZ_VERSION === 'string' ? BZZZ_VERSION : manifest.version,
  commit: typeof BZZZ_COMMIT === 'string' ? BZZZ_COMMIT : 'source',
  target: typeof BZZZ_TARGET === 'string' ? BZZZ_TARGET : 'source',
  bun: process.versions.bun ?? 'unknown',
}
