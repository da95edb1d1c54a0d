import type { Frame, PageAssets } from '../../views/layout.tsx'
import { icon, script, setupScript, style } from './assets.ts'

const pageAssets: PageAssets = { style: style.path, script: script.path, icon: icon.path }

/** What a page needs around it, with a nonce of its own: only the scripts it names run, and htmx acts only on elements it marked. */
export const newFrame = (): Frame => ({ assets: pageAssets, nonce: newNonce() })

/** The same for a page of set-up. */
export const newSetupFrame = (): Frame => ({ assets: { ...pageAssets, script: setupScript.path }, nonce: newNonce() })

const newNonce = (): string => Buffer.from(crypto.getRandomValues(new Uint8Array(18))).toString('base64url')

/** Nothing inline, nothing from elsewhere, no frames; HTML reaches the document only through htmx's own policy. */
export const contentSecurityPolicy = ({ nonce }: Frame): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types htmx',
  ].join('; ')
