import type { Finding } from '../host/types.ts'
import type { FoundAnswer, FoundRequest, OperatorPublic } from '../keys/index.ts'
import type { Identity } from '../node/index.ts'

/** What survives a restart while a machine is set up. `src/store` provides it. */
export interface SetupStore extends Disposable {
  read(): { readonly codeHash: string | null; readonly codeExpiresMs: number; readonly sessionHash: string | null; readonly draft: string }
  /** A new code replaces every earlier one, and ends the session of whoever claimed before. */
  newCode(codeHash: string, codeExpiresMs: number): void
  /** One transaction: true for exactly one of all claims with a code that fits. */
  claim(fits: (codeHash: string, expiresMs: number) => boolean, sessionHash: string): boolean
  saveDraft(draft: string): void
}

/** The file (0600) that shows the code to whoever may read the data folder. */
export interface CodeFile {
  read(): string | undefined
  write(text: string): void
  remove(): void
}

/** Work with secrets, in a process that lives only for it. */
export interface KeyProcess {
  operator(passphrase: string): Promise<OperatorPublic>
  found(request: Omit<FoundRequest, 'work'>): Promise<FoundAnswer>
}

/** What a person decides about this machine. */
export interface MachineChoice {
  readonly name: string
  readonly zone: string | null
  readonly meshPort: number
}

/** This machine, as set-up may look at it and change it. */
export interface ThisMachine {
  readonly webPort: number
  current(): MachineChoice
  /** What a flag, the environment or the configuration file decides: it wins over set-up, so set-up does not offer it. */
  fixed: { readonly [Field in keyof MachineChoice]: string | null }
  examine(choice: MachineChoice): Promise<readonly Finding[]>
  /** Who has this port, or null where it is free. */
  portHolder(port: number): Promise<string | null>
  /** From now on, and after every restart. */
  keep(choice: MachineChoice): void
  identity(): Identity
}

/** Founds the cluster of this node: keeps the wrapped admin key first, because a cluster without it could never be administered. */
export type Found = (founded: FoundAnswer) => Promise<void>
