import { Field, ProblemList, type Problems, StepForm } from './form.tsx'
import { type SetupFrame, Wizard } from './frame.tsx'

/** The second step: the cluster that this machine founds. */
export const ClusterStep = ({ frame, typed, problems }: { frame: SetupFrame; typed: string; problems?: Problems }) => (
  <Wizard frame={frame} at="cluster" title="Create a cluster" who="Nothing is made before the last step">
    <h1>Name the cluster</h1>
    <p class="lead">
      {frame.self} will be its first machine: a cluster of one, complete in itself. The name is signed into its first record and stays.
    </p>
    <ProblemList problems={problems} />
    <StepForm frame={frame} action="/setup/cluster">
      <Field
        name="cluster"
        label="Name of the cluster"
        hint="Letters, digits, dots, - and _. It stands on every page and on the master key’s sheet."
        value={typed}
        problem={problems?.cluster}
        class="mid"
      />
      <div class="acts next">
        <button type="submit" class="btn main">
          Use this name
        </button>
        <a href="/setup/machine">Back</a>
      </div>
    </StepForm>
  </Wizard>
)

interface OperatorProps {
  readonly frame: SetupFrame
  readonly typed: string
  /** Seven words, drawn for this page and kept nowhere. */
  readonly offered: string
  readonly problems?: Problems
}

/** The third step: who may act for the cluster, and by which passphrase. */
export const OperatorStep = ({ frame, typed, offered, problems }: OperatorProps) => (
  <Wizard frame={frame} at="operator" title="You, the operator" who="The passphrase is kept nowhere">
    <h1>Who are you here?</h1>
    <p class="lead">
      An operator is a person who may admit machines and change what is protected. Your passphrase makes your keys, each time you need them;
      it is not stored, and nobody can reset it.
    </p>
    {frame.done.includes('operator') && (
      <p class="under">
        Your keys are made, and <a href="/setup/master-key">the next step</a> waits. Sending this form again makes others instead.
      </p>
    )}
    <ProblemList problems={problems} />
    <StepForm frame={frame} action="/setup/operator">
      <Field
        name="name"
        label="Your name"
        hint="How records speak of what you did."
        value={typed}
        problem={problems?.name}
        autocomplete="username"
        class="mid"
      />
      <div class="panel">
        <h2>A passphrase for you</h2>
        <p class="cmd" id="offered" translate="no">
          {offered}
        </p>
        <p class="hint">
          7 words drawn by chance out of 2048 each: 77 bits. Write them down or keep them in a password manager, then type them below.
          Loading the page again draws others.
        </p>
      </div>
      <Field
        name="passphrase"
        label="Passphrase"
        hint={
          <>
            The seven words, or one of your own: 60 bits at the least, which is what about 10 mixed characters or 13 small letters can hold.
            bzzz counts only what a text of that length can hold; it cannot know whether others would guess yours.{' '}
            <output id="strength" for="passphrase"></output>
          </>
        }
        type="password"
        autocomplete="new-password"
        problem={problems?.passphrase}
      />
      <Field name="again" label="The same again" type="password" autocomplete="new-password" problem={problems?.again} />
      <div class="acts next">
        <button type="submit" class="btn main">
          Make my keys
        </button>
        <a href="/setup/cluster">Back</a>
      </div>
      <p class="hint">This takes about a second and 256 MiB of memory: guessing takes as much for every try.</p>
    </StepForm>
  </Wizard>
)
