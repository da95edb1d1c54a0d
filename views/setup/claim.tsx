import { Glyph } from '../parts/index.ts'
import { Field } from './form.tsx'
import { type SetupFrame, SetupPage } from './frame.tsx'

/** The door: whoever has the code from the terminal may set this machine up. */
export const ClaimPage = ({ frame, port, problem }: { frame: SetupFrame; port: number; problem?: string }) => (
  <SetupPage frame={frame} title="Claim this machine" who="Not claimed yet">
    <main id="main" class="lone" tabindex={-1}>
      <h1>Claim this machine</h1>
      <p class="lead">
        bzzz runs on <strong>{frame.self}</strong> and has no owner. The code from your terminal shows that it is you.
      </p>
      <form method="post" action="/setup/claim" class="flow ask" id="claim">
        <input type="hidden" name="token" value={frame.token} />
        <div role="alert">{problem !== undefined && <p class="vh">{problem}</p>}</div>
        <Field
          name="code"
          label="Code"
          hint={
            <>
              In the printed link, everything after <code>#t=</code>. Capitals and dashes make no difference.
            </>
          }
          class="mono big"
          problem={problem}
        />
        <div class="acts">
          <button type="submit" class="btn main">
            Claim {frame.self}
          </button>
        </div>
      </form>

      <section>
        <h2>Where the code is</h2>
        <figure>
          <pre class="term">
            <code>
              {'$ bzzz setup\n  Open this within 15 minutes:\n\n  '}
              {`http://127.0.0.1:${port}/setup#t=`}
              <mark>7KQ2-M9XD-VTHC-4BNR-8W0F-3PZA-G6</mark>
              {`\n\n  from another machine, first:\n  ssh -L ${port}:127.0.0.1:${port} ${frame.self}`}
            </code>
          </pre>
          <figcaption class="hint">
            Run it in a terminal on {frame.self}, as the user who runs bzzz there. Yours shows another code.
          </figcaption>
        </figure>
      </section>

      <section>
        <h2>If something is in the way</h2>
        <dl class="answers">
          <dt>I opened the link, why this page?</dt>
          <dd>
            The browser did not hand over the part after <code>#</code>. That happens when scripts are off, or when a chat or mail program
            shortened the link. Typing the code does the same.
          </dd>
          <dt>The code has run out, or the terminal is closed.</dt>
          <dd>
            On {frame.self}, run this. It prints a new link; every earlier code stops working. <code class="cmd">bzzz setup --link</code>
          </dd>
          <dt>Somebody else may have seen the code.</dt>
          <dd>A code works once. If this page still asks for it, nobody has used it; make a new one to be sure.</dd>
        </dl>
      </section>
    </main>
  </SetupPage>
)

/** Nothing is here for whoever asks: somebody else claimed, the node is in a cluster, or there is no such page. */
export const GonePage = ({ frame, inCluster }: { frame: SetupFrame; inCluster: boolean }) => (
  <SetupPage frame={frame} title="Nothing here" who="Closed">
    <main id="main" class="lone" tabindex={-1}>
      <h1>There is nothing to set up here</h1>
      {inCluster ? (
        <p class="lead">
          {frame.self} is in a cluster. <a href="/">See the cluster</a>
        </p>
      ) : (
        <>
          <p class="lead">
            {frame.self} is being set up in another browser. If that is yours and it is lost, run this on {frame.self}: it prints a new
            link, and what was entered stays.
          </p>
          <p class="under">
            <code class="cmd">bzzz setup --link</code>
          </p>
        </>
      )}
    </main>
  </SetupPage>
)

/** The refusal to send secrets over a network in clear. */
export const FarAwayPage = ({ frame, port }: { frame: SetupFrame; port: number }) => (
  <SetupPage frame={frame} title="Come closer" who="Not from here">
    <main id="main" class="lone" tabindex={-1}>
      <h1>Set-up does not go over the network</h1>
      <div class="note warn" role="note">
        <Glyph name="key" />
        <div>
          <p>
            <strong>This page would show secrets over plain HTTP.</strong> Everybody on the way could read them. Nothing was changed.
          </p>
          <p>On the machine in front of you, run this and leave it open:</p>
          <code class="cmd">
            ssh -L {port}:127.0.0.1:{port} {frame.self}
          </code>
          <p>Then open this address there:</p>
          <code class="cmd">http://127.0.0.1:{port}/setup</code>
        </div>
      </div>
    </main>
  </SetupPage>
)
