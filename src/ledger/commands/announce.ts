import { z } from 'zod'
import { grammar } from '../../keys/index.ts'
import { type OwnCommand, refuse } from '../command.ts'
import { freeName } from '../member-name.ts'
import { read, write } from '../rows.ts'

const schema = z.strictObject({
  kind: z.literal('announce'),
  name: grammar.name,
  zone: grammar.name.nullable(),
  addresses: grammar.addresses,
  version: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  supports: z.int().min(1).max(1_000_000),
})

export type Announcement = Omit<z.infer<typeof schema>, 'kind'>

/**
 * A member says what it is called, where it is reached and what it supports; only ever of itself. Answers the name it really got.
 * Its keys and its certificate's fingerprint are not among it: those stand in what its ticket signed.
 */
export const announce: OwnCommand<'announce', z.infer<typeof schema>> = {
  kind: 'announce',
  signer: 'member',
  minClusterVersion: 1,
  schema,
  apply({ state, author }, { kind: _, name: wanted, ...facts }) {
    const row = read(state, 'members', author)
    if (!row) return refuse('not-a-member', 'Only members announce themselves.')
    const name = wanted === row.name ? wanted : freeName(state, wanted, author)
    write(state, 'members', author, { ...row, ...facts, name })
    return { ok: true, name }
  },
}
