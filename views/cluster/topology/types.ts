import type { MemberView } from '../../../src/node/view.ts'

/** What the picture needs to know of a machine. */
export type Mapped = Pick<MemberView, 'peer' | 'name' | 'zone' | 'role' | 'health' | 'leads'>

export interface RoundTrip {
  readonly from: string
  readonly to: string
  readonly ms: number | null
  readonly answers: boolean
}

export type Anchor = 'start' | 'middle' | 'end'

/** Text at a place; `y` is its baseline. */
export interface Label {
  readonly text: string
  readonly x: number
  readonly y: number
  readonly anchor: Anchor
}

/** A machine in the picture, with its name beside it. */
export interface Spot {
  readonly member: Mapped
  readonly x: number
  readonly y: number
  readonly name: Label
}

export interface Line {
  readonly from: string
  readonly to: string
  /** Path data. */
  readonly path: string
  /** Drawn strong: one end is the leader. */
  readonly strong: boolean
  readonly kind: 'known' | 'new' | 'lost'
  readonly label: Label | null
}

/** A zone's mark: an arc outside a ring, or a heading above the rows of a column. */
export type ZoneMark =
  | {
      readonly shape: 'arc'
      readonly name: string
      readonly radius: number
      /** Degrees clockwise from the right; `to` is the larger. */
      readonly from: number
      readonly to: number
      readonly path: string
      readonly textPath: string
    }
  | { readonly shape: 'heading'; readonly label: Label }

/** Where the machines stand. The same members give the same places on every node, whoever leads. */
export interface Places {
  readonly shape: 'ring' | 'columns'
  readonly spots: readonly Spot[]
  readonly zones: readonly ZoneMark[]
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface Drawing extends Places {
  readonly lines: readonly Line[]
  readonly box: Box
}
