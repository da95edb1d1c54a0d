import { Glyph } from '../parts/index.ts'
import { Field, ProblemList, type Problems, StepForm } from './form.tsx'
import { type SetupFrame, Wizard } from './frame.tsx'

/** The fourth step, before anything is shown. `waits`: the sheet that was shown and not read back yet. */
export const MasterKeyStep = ({ frame, waits }: { frame: SetupFrame; waits: string | null }) => (
  <Wizard frame={frame} at="master" title="Master key" who="Nothing is made before the last step">
    <h1>{waits === null ? 'Have paper and a pen ready' : 'A sheet waits to be read back'}</h1>
    <p class="lead">
      The next page shows the master key of your cluster as 24 words, once. They go on paper. After that, three of them are asked back, and
      the cluster is made.
    </p>
    {waits !== null && (
      <div class="note info">
        <Glyph name="key" />
        <div>
          <p>
            <strong>24 words were shown already.</strong> If they are on paper (the sheet with <code>{waits}</code>), read three of them
            back. They are not shown again.
          </p>
          <p>
            <a class="btn" href="/setup/confirm">
              Read 3 words back
            </a>
          </p>
        </div>
      </div>
    )}
    <form method="post" action="/setup/master-key" class="ask">
      <input type="hidden" name="token" value={frame.token} />
      <div class="acts next">
        <button type="submit" class={waits === null ? 'btn main' : 'btn'}>
          {waits === null ? 'Show the 24 words' : 'Throw that key away and show another'}
        </button>
        <a href="/setup/operator">Back</a>
      </div>
    </form>
  </Wizard>
)

interface SheetProps {
  readonly frame: SetupFrame
  readonly sheet: { readonly words: readonly string[]; readonly mark: string }
  readonly cluster: string
  readonly madeMs: number
}

/** The 24 words, this once. */
export const SheetStep = ({ frame, sheet, cluster, madeMs }: SheetProps) => (
  <Wizard frame={frame} at="master" title="Master key" who="Not saved: a reload makes a new key">
    <h1>Put the master key on paper</h1>
    <p class="lead">
      These 24 words are the last resort of your cluster. They are shown this once. bzzz keeps no copy and cannot make them again.
    </p>
    <article class="sheet" aria-labelledby="sheet-name">
      <header class="head">
        <h2 id="sheet-name">Master key of {cluster}</h2>
        <p>
          made on {frame.self}, {day(madeMs)}
        </p>
      </header>
      <details class="cover" open>
        <summary>
          <span class="when-open">Cover the words</span>
          <span class="when-shut">Show the words</span>
        </summary>
        <ol class="words" role="list" translate="no" aria-label="The 24 words, in order">
          {sheet.words.map((word, n) => (
            <li>
              <b>{n + 1}</b>
              <span>{word}</span>
            </li>
          ))}
        </ol>
      </details>
      <p class="hint">
        Public half, to tell this sheet from another: <code>{sheet.mark}</code>
      </p>
      <div class="print-only">
        <p>
          These words open backups of {cluster}, replace a lost admin key, and take the cluster over when most voting machines are gone.
          Whoever reads them can do the same. bzzz has no copy.
        </p>
        <p class="blank">Kept at</p>
        <p class="blank">Second sheet at</p>
        <p class="blank">Checked on</p>
      </div>
    </article>

    <div class="cols paper">
      <section>
        <h2>How to write it down</h2>
        <ul class="plain">
          <li>
            By hand, or print: <kbd>Ctrl</kbd> <kbd>P</kbd>, <kbd>⌘</kbd> <kbd>P</kbd> on a Mac, prints the sheet and nothing else. A shared
            printer may keep what it prints; use a pen there.
          </li>
          <li>Twice, in two buildings. Where a passport would be safe.</li>
          <li>No photo, no note in a cloud. Those are copies you cannot take back.</li>
        </ul>
      </section>
      <section>
        <h2>What it is for</h2>
        <ul class="plain">
          <li>Opening a backup on an empty machine.</li>
          <li>Making a new admin key when every operator has lost theirs.</li>
          <li>Taking the cluster over when most voting machines are gone.</li>
        </ul>
        <p class="hint">It signs the first record of the cluster now; the commands for these three come with later versions.</p>
        <p class="hint">Nothing else needs it. If a page or a person asks for these words on an ordinary day, something is wrong.</p>
      </section>
    </div>

    <div class="note warn" role="note">
      <Glyph name="key" />
      <div>
        <p>
          <strong>Who has the words has the cluster.</strong> Who loses them has lost these 3 ways out. There is no fourth, and nobody to
          call.
        </p>
      </div>
    </div>

    <div class="acts next">
      <a class="btn main" href="/setup/confirm">
        It is on paper, go on
      </a>
      <span class="hint">The next page asks for 3 of the words and does not show them.</span>
    </div>
  </Wizard>
)

interface ConfirmProps {
  readonly frame: SetupFrame
  /** Which words are asked, 1 to 24. */
  readonly asks: readonly number[]
  readonly mark: string
  readonly problems?: Problems
}

/** The last step: three words are read back from the paper; then the cluster is made. */
export const ConfirmStep = ({ frame, asks, mark, problems }: ConfirmProps) => (
  <Wizard frame={frame} at="master" title="Read the sheet back" who="The cluster is made when the words are right">
    <h1>Read {asks.length} words back from your sheet</h1>
    <p class="lead">
      This checks the handwriting, not you. It is the sheet with <code>{mark}</code>.
    </p>
    <ProblemList problems={problems} />
    <StepForm frame={frame} action="/setup/confirm">
      <div class="row">
        {asks.map((place) => (
          <Field name={`w${place}`} label={`Word ${place}`} problem={problems?.[`w${place}`]} class="mono" />
        ))}
      </div>
      <div class="acts next">
        <button type="submit" class="btn main">
          The sheet is right, make the cluster
        </button>
        <a href="/setup/master-key">The sheet is wrong or lost</a>
      </div>
    </StepForm>
  </Wizard>
)

const day = (ms: number): string =>
  new Date(ms).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
