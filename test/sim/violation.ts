/** What must never happen, by name: the negative controls ask which of them caught a defect. */
export type Property =
  | 'one leader per term'
  | 'one vote per term'
  | 'term never goes back'
  | 'promise is on disk first'
  | 'log matching'
  | 'leader completeness'
  | 'committed entries stay'
  | 'state-machine safety'
  | 'applied index never goes back'
  | 'nothing applied twice'
  | 'nothing below the highest term'
  | 'equal roots at equal index'
  | 'linearizability'
  | 'liveness'
  | 'no disturbance'
  | 'nobody halts without cause'
  | 'a lost memory is noticed'
  | 'two take-overs halt both'
  | 'no crash of the program'

/** A run ends at its first violation. */
export class Violation extends Error {
  override readonly name = 'Violation'
  readonly property: Property

  constructor(property: Property, message: string, cause?: unknown) {
    super(message, { cause })
    this.property = property
  }
}

export const violated = (property: Property, message: string): never => {
  throw new Violation(property, message)
}
