import type { Child } from 'hono/jsx'
import { Glyph, Sprite } from './parts/index.ts'

/** Where the browser finds what belongs to every page; addresses carry the hash of their content. */
export interface PageAssets {
  readonly style: string
  readonly script: string
  readonly icon: string
}

export interface Frame {
  readonly assets: PageAssets
  /** Allows exactly the script of this page, and htmx only on elements that carry it. */
  readonly nonce: string
}

interface Props {
  readonly frame: Frame
  readonly title: string
  /** The cluster's name, or the machine's where there is no cluster. */
  readonly place: string
  /** The machine this page comes from. */
  readonly self: string
  readonly current: 'cluster' | null
  /** Where the page listens for changes; left out, it stands still and needs no script. */
  readonly live?: { readonly from: string } | undefined
  readonly foot: Child
  readonly children: Child
}

const htmxConfig = JSON.stringify({
  extensions: 'sse, hx-csp',
  includeIndicatorCSS: false,
  history: false,
  // A details element that a person opened stays open when its region is rendered again.
  morphIgnore: ['data-htmx-powered', 'open'],
})

/** What every page shares: head, brand, navigation, content, foot. */
export const Page = ({ frame, title, place, self, current, live, foot, children }: Props) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title}</title>
      <link rel="icon" href={frame.assets.icon} type="image/svg+xml" />
      <link rel="stylesheet" href={frame.assets.style} />
      {live && <meta name="htmx-config" content={htmxConfig} />}
      {live && <script src={frame.assets.script} nonce={frame.nonce} defer></script>}
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Sprite />
      <header class="top">
        <a class="brand" href="/">
          <Brand />
          <Place name={place} />
        </a>
        <nav aria-label="Main">
          <ul role="list">
            <li>
              <a href="/" aria-current={current === 'cluster' ? 'page' : undefined}>
                Cluster
              </a>
            </li>
          </ul>
        </nav>
        <p class="who">
          on <b>{self}</b>
        </p>
      </header>
      <main id="main" tabindex={-1}>
        {live && <Line from={live.from} self={self} nonce={frame.nonce} />}
        {children}
      </main>
      <footer class="foot">{foot}</footer>
    </body>
  </html>
)

/** The name beside the brand; a region of its own, because a cluster may be founded while the page is open. */
export const Place = ({ name }: { name: string }) => <span id="place">{name}</span>

/** The line to the node: events come in here, and while it is broken this says so (live.js shows the note). */
const Line = ({ from, self, nonce }: { from: string; self: string; nonce: string }) => (
  <div
    id="line"
    hx-sse:connect={from}
    hx-trigger="load, bzzz:again"
    hx-swap="none"
    hx-config='{"sse":{"reconnectDelay":500,"reconnectMaxDelay":5000}}'
    hx-nonce={nonce}
  >
    <div role="status">
      <div id="line-broken" class="note info" hidden>
        <Glyph name="info" />
        <p>
          <strong>{self} does not answer at the moment.</strong> This page shows what it knew at <span id="line-since"></span>; it goes on
          by itself.
        </p>
      </div>
      <div id="line-refused" class="note info" hidden>
        <Glyph name="info" />
        <p>
          <strong>This page stands still.</strong> <span id="line-why"></span>
        </p>
      </div>
    </div>
  </div>
)

/** The name of bzzz, drawn. */
export const Brand = () => (
  <svg viewBox="0 0 62 22" role="img" aria-label="bzzz">
    <path d="M3 2v17M3 13.5a5.5 5.5 0 1 1 11 0 5.5 5.5 0 1 1-11 0" />
    <path class="hum" d="M20 8.5h9.5L20 19h9.5M35 10.5h8L35 19h8M48 12.5h6.5L48 19h6.5" />
  </svg>
)
