import type { Child } from 'hono/jsx'
import { Glyph } from '../parts/index.ts'
import type { SetupFrame } from './frame.tsx'

export type Problems = Readonly<Record<string, string>>

/** A form of the wizard. With htmx what is wrong shows in place; without, the same page comes back whole. */
export const StepForm = ({ frame, action, children }: { frame: SetupFrame; action: string; children: Child }) => (
  <form
    method="post"
    action={action}
    class="flow ask"
    hx-post={action}
    hx-target="#wizard"
    hx-select="#wizard"
    hx-swap="outerHTML"
    hx-nonce={frame.nonce}
  >
    <input type="hidden" name="token" value={frame.token} />
    {children}
  </form>
)

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: Child
  readonly value?: string
  readonly problem?: string | undefined
  readonly type?: 'text' | 'password'
  readonly autocomplete?: 'off' | 'new-password' | 'username'
  readonly class?: string
  readonly numeric?: boolean
}

/** A label, what may be typed, the field, and under it what is wrong with it. */
export const Field = ({ name, label, hint, value, problem, type = 'text', autocomplete = 'off', class: look, numeric }: FieldProps) => {
  const described = [hint === undefined ? '' : `${name}-hint`, problem === undefined ? '' : `${name}-problem`]
    .filter((id) => id !== '')
    .join(' ')
  return (
    <div class="field">
      <label for={name}>{label}</label>
      {hint !== undefined && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <input
        type={type}
        id={name}
        name={name}
        value={value}
        class={look}
        autocomplete={autocomplete}
        autocapitalize="none"
        spellcheck={false}
        inputmode={numeric ? 'numeric' : undefined}
        aria-describedby={described === '' ? undefined : described}
        aria-invalid={problem === undefined ? undefined : 'true'}
      />
      {problem !== undefined && (
        <p class="problem" id={`${name}-problem`}>
          <Glyph name="x" />
          <span>{problem}</span>
        </p>
      )}
    </div>
  )
}

/** From two problems on: all of them, first thing on the page, each a link to its field. */
export const ProblemList = ({ problems = {} }: { problems?: Problems | undefined }) => {
  const all = Object.entries(problems)
  return (
    <div role="alert">
      {all.length > 1 && (
        <div class="note bad">
          <Glyph name="x" />
          <div>
            <p>
              <strong>{all.length} fields are not right.</strong> Nothing was changed.
            </p>
            <ul class="plain">
              {all.map(([field, text]) => (
                <li>
                  <a href={`#${field}`}>{text}</a>
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      {all.length === 1 && <p class="vh">{all[0]?.[1]}</p>}
    </div>
  )
}
