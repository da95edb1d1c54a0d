import type { Finding } from '../../src/host/types.ts'
import { Glyph } from '../parts/index.ts'
import { counted } from '../words/index.ts'
import { Field, ProblemList, type Problems, StepForm } from './form.tsx'
import { type SetupFrame, Wizard } from './frame.tsx'

type MachineField = 'name' | 'zone' | 'meshPort'

interface Props {
  readonly frame: SetupFrame
  readonly typed: Readonly<Record<MachineField, string>>
  /** Who has the last word on a field, where it is not the person here. */
  readonly fixed: Readonly<Record<MachineField, string | null>>
  readonly findings: readonly Finding[]
  readonly problems?: Problems
}

/** The first step: what this machine is, what is in the way, and what it is called. */
export const MachineStep = ({ frame, typed, fixed, findings, problems }: Props) => {
  const wanting = findings.filter(({ level }) => level !== 'ok')
  const failed = findings.filter(({ level }) => level === 'fail').length
  return (
    <Wizard frame={frame} at="machine" title="This machine" who="Nothing is made before the last step">
      <h1>{headline(wanting.length, failed)}</h1>
      <p class="lead">
        bzzz looked at {counted(findings.length, 'thing')} on <strong>{frame.self}</strong>.
        {failed > 0 && ' You can go on; what is in the way stays in the way until it is mended.'}
      </p>
      <ProblemList problems={problems} />
      {wanting.length > 0 && (
        <section>
          <h2>What to look at</h2>
          <ul class="todo" role="list">
            {wanting.map((finding) => (
              <Look finding={finding} />
            ))}
          </ul>
        </section>
      )}
      <details class="under">
        <summary>What is fine ({findings.length - wanting.length})</summary>
        <ul class="plain">
          {findings
            .filter(({ level }) => level === 'ok')
            .map(({ check, message }) => (
              <li>
                <b>{check}</b> {message}
              </li>
            ))}
        </ul>
      </details>
      <section>
        <h2>What it is called</h2>
        <StepForm frame={frame} action="/setup/machine">
          <Choice field="name" label="Name" hint="How every page and every command speaks of it." {...{ typed, fixed, problems }} />
          <Choice
            field="zone"
            label="Zone"
            hint="A rack or a site, so that copies are spread. May stay empty."
            {...{ typed, fixed, problems }}
          />
          <Choice
            field="meshPort"
            label="Port for the other machines"
            hint={`They dial it; it has to be open between them, and only there. This page has its own.`}
            numeric
            {...{ typed, fixed, problems }}
          />
          <div class="acts next">
            <button type="submit" class="btn main">
              Keep this, go on
            </button>
            <a href="/setup/machine">Look again</a>
          </div>
        </StepForm>
      </section>
    </Wizard>
  )
}

const headline = (wanting: number, failed: number): string => {
  if (failed > 0) return failed === 1 ? '1 thing is in the way' : `${failed} things are in the way`
  return wanting === 0 ? 'This machine is ready' : 'This machine will do'
}

const Look = ({ finding: { check, level, message, remedy } }: { finding: Finding }) => (
  <li class={level === 'fail' ? 'bad' : 'warn'}>
    <Glyph name={level === 'fail' ? 'x' : 'half'} />
    <div>
      <p>
        <b>{check}</b> <span class="vh">{level === 'fail' ? '(in the way)' : '(worth a look)'}</span> {message}
      </p>
      {remedy !== undefined && <code class="cmd">{remedy}</code>}
    </div>
  </li>
)

const Choice = ({
  field,
  label,
  hint,
  numeric,
  typed,
  fixed,
  problems,
}: {
  field: MachineField
  label: string
  hint: string
  numeric?: boolean
  typed: Props['typed']
  fixed: Props['fixed']
  problems: Problems | undefined
}) => {
  const sayer = fixed[field]
  if (sayer === null) {
    return (
      <Field
        name={field}
        label={label}
        hint={hint}
        value={typed[field]}
        problem={problems?.[field]}
        class="mid"
        {...(numeric && { numeric })}
      />
    )
  }
  return (
    <div class="field">
      <b>{label}</b>
      <p>
        <code>{typed[field] === '' ? 'none' : typed[field]}</code> <span class="hint">as {sayer} says; change it there.</span>
      </p>
      {problems?.[field] !== undefined && (
        <p class="problem">
          <Glyph name="x" />
          <span>{problems[field]}</span>
        </p>
      )}
    </div>
  )
}
