import { type Clock, Fault, isFault } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import { checkPassphrase, normalisedPassphrase } from '../keys/index.ts'
import { Claims } from './claims.ts'
import { type Draft, type MachineFields, machineFrom, nameFrom, Problems, readDraft } from './draft.ts'
import { type MasterSheet, PendingMaster } from './master-key.ts'
import type { CodeFile, Found, KeyProcess, MachineChoice, SetupStore, ThisMachine } from './ports.ts'

export interface SetupParts {
  readonly clock: Clock
  /** Opens the database when it is first needed. */
  readonly store: () => SetupStore
  readonly codeFile: CodeFile
  readonly keys: KeyProcess
  readonly machine: ThisMachine
  readonly found: Found
  readonly inCluster: () => boolean
  /** Removes what set-up kept, once the node is in a cluster. */
  readonly tidy: () => void
}

/** A fresh node on its way to a cluster of one. The pages and the socket are two faces of this; it is closed for ever once the node is in a cluster. */
export class Setup {
  readonly #parts: SetupParts
  readonly #claims: Claims
  readonly master = new PendingMaster()
  #founding = false

  constructor(parts: SetupParts) {
    this.#parts = parts
    this.#claims = new Claims(parts.store, parts.codeFile, parts.clock)
  }

  /** Whether the node is in a cluster: then nothing here answers. */
  get closed(): boolean {
    return this.#parts.inCluster()
  }

  get claims(): Claims {
    if (this.closed) {
      throw new Fault('closed', 'This machine is in a cluster, so there is nothing to set up.', { hint: '`bzzz status` shows it.' })
    }
    return this.#claims
  }

  draft(): Draft {
    return this.closed ? {} : readDraft(this.#parts.store().read().draft)
  }

  /** What the first step shows: what was decided here before, else what the node runs with. */
  machine(): { readonly choice: MachineChoice; readonly fixed: ThisMachine['fixed'] } {
    const { machine } = this.#parts
    const current = machine.current()
    const chosen = this.draft().machine ?? current
    const free = <Field extends keyof MachineChoice>(field: Field) => (machine.fixed[field] === null ? chosen[field] : current[field])
    return { choice: { name: free('name'), zone: free('zone'), meshPort: free('meshPort') }, fixed: machine.fixed }
  }

  findings(): Promise<readonly Finding[]> {
    return this.#parts.machine.examine(this.machine().choice)
  }

  async saveMachine(fields: MachineFields): Promise<void> {
    const { machine } = this.#parts
    const current = machine.current()
    const choice = machineFrom(
      {
        name: machine.fixed.name === null ? fields.name.trim() : current.name,
        zone: machine.fixed.zone === null ? fields.zone.trim() : (current.zone ?? ''),
        meshPort: machine.fixed.meshPort === null ? fields.meshPort.trim() : String(current.meshPort),
      },
      machine.webPort,
    )
    const holder = await machine.portHolder(choice.meshPort)
    if (holder !== null) throw new Problems({ meshPort: `Port ${choice.meshPort} is taken by ${holder}. Stop it, or use another port.` })
    this.#save({ machine: choice })
  }

  saveCluster(name: string): void {
    this.#save({ cluster: nameFrom('cluster', name.trim(), 'a cluster') })
  }

  /** Derives the operator's keys in a process of their own and keeps the public halves; the passphrase is kept nowhere. */
  async saveOperator(fields: { readonly name: string; readonly passphrase: string; readonly again: string }): Promise<void> {
    const name = nameFrom('name', fields.name.trim(), 'a person')
    const passphrase = normalisedPassphrase(fields.passphrase)
    try {
      checkPassphrase(passphrase)
    } catch (error) {
      if (!isFault(error, 'weak-passphrase')) throw error
      throw new Problems({ passphrase: `${error.message} ${error.hint ?? ''}` })
    }
    if (passphrase !== normalisedPassphrase(fields.again)) {
      throw new Problems({ again: 'The two are not the same. Type both again; neither was kept.' })
    }
    this.#save({ operator: { name, ...(await this.#parts.keys.operator(passphrase)) } })
  }

  /** Makes a master key and gives its words, this once. */
  showMaster(): MasterSheet {
    const { cluster, operator } = this.draft()
    if (this.closed || cluster === undefined || operator === undefined) throw incomplete()
    return this.master.show()
  }

  /** The three words were read back: makes the cluster of one. */
  async confirm(typed: Readonly<Record<string, string>>): Promise<void> {
    const { cluster, operator } = this.draft()
    const { choice } = this.machine()
    if (this.closed || cluster === undefined || operator === undefined) throw incomplete()
    const words = this.master.confirmed(typed)
    if (this.#founding) throw new Fault('busy', 'The cluster is being made.', { hint: 'Wait a moment.' })
    this.#founding = true
    try {
      this.#parts.machine.keep(choice)
      const { peer, name, sealingKey, tlsFingerprint, addresses } = this.#parts.machine.identity()
      const founder = { peer, name, sealingKey, tlsFingerprint, addresses: [...addresses] }
      const createdMs = this.#parts.clock.wallMs()
      await this.#parts.found(await this.#parts.keys.found({ words, cluster, createdMs, operator, founder }))
    } finally {
      this.#founding = false
    }
    this.master.forget()
    this.#parts.tidy()
  }

  #save(more: Partial<Draft>): void {
    if (this.closed) throw new Fault('closed', 'This machine is in a cluster already.', { hint: '`bzzz status` shows it.' })
    this.#parts.store().saveDraft(JSON.stringify({ ...this.draft(), ...more }))
  }
}

const incomplete = () => new Fault('incomplete', 'A step before this one is not done.', { hint: 'Go through the steps in their order.' })
