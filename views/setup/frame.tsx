import type { Child } from 'hono/jsx'
import { Brand, type Frame } from '../layout.tsx'
import { Glyph, Sprite } from '../parts/index.ts'

export const stepNames = {
  machine: 'This machine',
  cluster: 'Create a cluster',
  operator: 'You, the operator',
  master: 'Master key',
  done: 'Done',
} as const
export type SetupStep = keyof typeof stepNames

export interface SetupFrame extends Frame {
  /** The machine that is set up. */
  readonly self: string
  /** Shows that a form comes from a page made for this visitor. */
  readonly token: string
  readonly done: readonly SetupStep[]
}

const addresses: Readonly<Partial<Record<SetupStep, string>>> = {
  machine: '/setup/machine',
  cluster: '/setup/cluster',
  operator: '/setup/operator',
  master: '/setup/master-key',
}

const htmxConfig = JSON.stringify({ extensions: 'hx-csp', includeIndicatorCSS: false, history: false })

interface Props {
  readonly frame: SetupFrame
  readonly title: string
  /** One line at the right of the head: what is not settled yet. */
  readonly who: string
  readonly children: Child
}

/** What every page of set-up shares: head, brand, content. */
export const SetupPage = ({ frame, title, who, children }: Props) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title} · bzzz set-up</title>
      <link rel="icon" href={frame.assets.icon} type="image/svg+xml" />
      <link rel="stylesheet" href={frame.assets.style} />
      <meta name="htmx-config" content={htmxConfig} />
      <script src={frame.assets.script} nonce={frame.nonce} defer></script>
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Sprite />
      <header class="top">
        <span class="brand">
          <Brand />
          <span>set-up on {frame.self}</span>
        </span>
        <p class="who">{who}</p>
      </header>
      {children}
    </body>
  </html>
)

/** A step of the wizard, with all steps beside it. */
export const Wizard = ({ frame, at, title, who, children }: Props & { readonly at: SetupStep }) => {
  const steps = Object.keys(stepNames) as SetupStep[] // the keys of our own table
  return (
    <SetupPage frame={frame} title={title} who={who}>
      <div class="wizard" id="wizard">
        <nav class="steps" aria-label="Set-up steps">
          <p class="where" aria-hidden="true">
            <span class="quiet">
              Step {steps.indexOf(at) + 1} of {steps.length}
            </span>{' '}
            <b>{stepNames[at]}</b>
          </p>
          <ol role="list">
            {steps.map((step, n) => (
              <StepMark step={step} n={n + 1} here={step === at} done={frame.done.includes(step)} />
            ))}
          </ol>
        </nav>
        <main id="main" class="narrow" tabindex={-1}>
          {children}
        </main>
      </div>
    </SetupPage>
  )
}

const StepMark = ({ step, n, here, done }: { step: SetupStep; n: number; here: boolean; done: boolean }) => {
  const name = stepNames[step]
  const number = (
    <b class="no" aria-hidden="true">
      {n}
    </b>
  )
  if (here) {
    return (
      <li aria-current="step">
        {number}
        <span>{name}</span>
      </li>
    )
  }
  if (!done) {
    return (
      <li>
        {number}
        <span>{name}</span>
      </li>
    )
  }
  return (
    <li>
      <Glyph name="ok" />
      <a href={addresses[step]}>
        <span>{name}</span>
        <span class="vh">, done</span>
      </a>
    </li>
  )
}
