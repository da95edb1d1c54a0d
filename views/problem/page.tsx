import { type Frame, Page } from '../layout.tsx'
import { When } from '../parts/index.ts'

export interface Problem {
  readonly status: number
  /** What is wrong, as a headline without a full stop. */
  readonly title: string
  /** What to do, and what was not changed. */
  readonly detail: string
  /** One line that helps to find it again; shown only on demand. */
  readonly trace?: string | undefined
}

interface Props {
  readonly problem: Problem
  readonly frame: Frame
  readonly self: string
  readonly place: string
  readonly nowMs: number
}

/** A page that cannot be shown: what is wrong, then what to do. */
export const ProblemPage = ({ problem: { status, title, detail, trace }, frame, self, place, nowMs }: Props) => (
  <Page
    frame={frame}
    title={`${title} · ${place}`}
    place={place}
    self={self}
    current={null}
    foot={<span>This page comes from {self}.</span>}
  >
    <article class="error" aria-labelledby="problem">
      <p class="hint">
        {status}, on {self}, <When atMs={nowMs} nowMs={nowMs} exact />
      </p>
      <h1 id="problem">{title}</h1>
      <p class="lead">{detail}</p>
      <p class="acts under">
        <a class="btn" href="/">
          See the cluster
        </a>
      </p>
      {trace !== undefined && (
        <details>
          <summary>For a bug report</summary>
          <pre class="log">{trace}</pre>
        </details>
      )}
    </article>
  </Page>
)
