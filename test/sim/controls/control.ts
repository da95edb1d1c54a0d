import type { Property } from '../violation.ts'

/**
 * A defect put into a copy of the program (or of the disk under it), to show that the simulation notices. `find` must occur exactly once in
 * `file`: a control that no longer applies fails the suite instead of passing silently.
 */
export interface Control {
  readonly name: string
  readonly file: string
  readonly find: string
  readonly replace: string
  /** More changes that belong to the same defect. */
  readonly also?: readonly Pick<Control, 'file' | 'find' | 'replace'>[]
  /** What the simulation must say was broken: one of these. */
  readonly breaks: readonly Property[]
  /** A directed run, or how many random seeds from which on are enough to meet it. */
  readonly shownBy: { readonly scenario: string } | { readonly seeds: number; readonly from: number }
}
