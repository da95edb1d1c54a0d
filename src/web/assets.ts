import hxCsp from 'htmx.org/dist/ext/hx-csp.min.js' with { type: 'text' }
import hxSse from 'htmx.org/dist/ext/hx-sse.min.js' with { type: 'text' }
import htmx from 'htmx.org/dist/htmx.min.js' with { type: 'text' }
import base from '../../views/css/base.css' with { type: 'text' }
import cluster from '../../views/css/cluster.css' with { type: 'text' }
import layout from '../../views/css/layout.css' with { type: 'text' }
import parts from '../../views/css/parts.css' with { type: 'text' }
import print from '../../views/css/print.css' with { type: 'text' }
import setupLook from '../../views/css/setup.css' with { type: 'text' }
import tables from '../../views/css/tables.css' with { type: 'text' }
import tokens from '../../views/css/tokens.css' with { type: 'text' }
import live from '../../views/live.js' with { type: 'text' }
import mark from '../../views/mark.svg' with { type: 'text' }
import setupPage from '../../views/setup.js' with { type: 'text' }
import { sha256 } from '../base/index.ts'

export interface Asset {
  /** "/assets/bzzz-3fa9c1d2e4b5a697.css": the hash makes the address change with the content, so it may be kept for ever. */
  readonly path: string
  readonly type: string
  readonly body: string
}

const asset = (name: string, extension: string, type: string, body: string): Asset => ({
  path: `/assets/${name}-${sha256(body).slice(0, 16)}.${extension}`,
  type: `${type}; charset=utf-8`,
  body,
})

/** The whole look in one file; the order of the layers stands in tokens.css. */
export const style = asset('bzzz', 'css', 'text/css', [tokens, base, layout, parts, tables, cluster, setupLook, print].join('\n'))
export const icon = asset('mark', 'svg', 'image/svg+xml', mark)
const withoutMap = (code: string): string => code.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '')
/**
 * htmx, its extensions and ours in one file: as files of their own they would race, because htmx starts in a timer once it is loaded and
 * an extension that comes later misses the start.
 */
export const script = asset('bzzz', 'js', 'text/javascript', [htmx, hxSse, hxCsp, live].map(withoutMap).join('\n;\n'))

/** Set-up needs no events, only forms that show their problems in place. */
export const setupScript = asset('setup', 'js', 'text/javascript', [htmx, hxCsp, setupPage].map(withoutMap).join('\n;\n'))

export const assets: ReadonlyMap<string, Asset> = new Map([style, icon, script, setupScript].map((one) => [one.path, one]))

/** Changes whenever any asset does. */
export const assetsVersion = sha256([...assets.keys()].join(' ')).slice(0, 16)
