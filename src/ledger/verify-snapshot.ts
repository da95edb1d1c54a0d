import { asPeerId, canonical, Fault, isFault, rootOfRows, sha256 } from '../base/index.ts'
import type { SnapshotOffer, StateReader } from '../consensus/ports.ts'
import { type Genesis, open, readAdmission, readTicket, type Signatures } from '../keys/index.ts'
import { auditFlaw } from './audit.ts'
import { protectedDelete, protectedPut } from './commands/protected.ts'
import { isKey, protectedPrefix, valueText } from './record.ts'
import { everyRow, read, readMeta } from './rows.ts'
import { type Row, type Space, spaceNames, spaces } from './spaces.ts'
import { openTakeover, takeoverFault } from './takeover.ts'
import { readUsage } from './usage.ts'

interface Trust {
  readonly genesis: Genesis
  readonly signatures: Signatures
}

/**
 * Checks a received state from genesis on, believing nothing: form of every row, every member's way in, protected values' signatures, the
 * audit chain, and that the rows are the ones offered. The Fault `bad-snapshot` says what is wrong.
 */
export const verifySnapshot = (rows: StateReader, offer: SnapshotOffer, trust: Trust): Fault | null => {
  try {
    if (readMeta(rows, 'genesis')?.text !== trust.genesis.text) return flawed('it belongs to another cluster')
    for (const space of spaceNames) {
      for (const { key, value } of everyRow(rows, space)) {
        const flaw = rowFlaw(space, key, value, trust)
        if (flaw !== null) return flawed(`row ${space}/${key.slice(0, 80)}: ${flaw}`)
      }
    }
    const { takeover } = offer.configuration
    const usurped = takeover && takeoverFault(takeover, trust.genesis, trust.signatures)
    if (usurped) return flawed('the take-over it comes with is not signed by the master key', usurped)
    const usedTwice = ticketUsedTwice(rows)
    if (usedTwice !== null) return flawed(usedTwice)
    const counted = usageFlaw(rows)
    if (counted !== null) return flawed(counted)
    const auditProblem = auditFlaw(rows)
    if (auditProblem !== null) return flawed(auditProblem)
    return rootOfRows(hashedRows(rows)) === offer.root ? null : flawed('its rows do not have the root that was offered')
  } catch (error) {
    // Rows of a hostile snapshot may be anything: too deep for the schema's recursion, not JSON.
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError)
      return flawed('a row cannot be read', error)
    throw error
  }
}

const rowFlaw = (space: Space, key: string, text: string, trust: Trust): string | null => {
  try {
    return checkRow(space, key, text, trust)
  } catch (error) {
    if (isFault(error)) return error.message.replace(/\.$/, '')
    throw error
  }
}

const checkRow = (space: Space, key: string, text: string, trust: Trust): string | null => {
  const raw: unknown = JSON.parse(text)
  const checked = spaces[space].safeParse(raw)
  if (!checked.success) return 'it has not the form of its space'
  if (canonical(raw) !== text) return 'it is not canonical'
  switch (space) {
    case 'members':
      return memberFlaw(key, checked.data as Row<'members'>, trust) // The schema of this space just accepted it; so below.
    case 'tickets':
      return ticketFlaw(key, checked.data as Row<'tickets'>, trust)
    case 'kv':
      // As parsed: the schema's copy would lack a key named __proto__, which values may have.
      return recordFlaw(key, raw as Row<'kv'>, trust)
    case 'meta':
      return metaFlaw(key, checked.data as Row<'meta'>, trust)
    case 'sessions':
    case 'results':
    case 'audit':
      return null
  }
}

const memberFlaw = (key: string, row: Row<'members'>, { genesis, signatures }: Trust): string | null => {
  if (row.proof === null || row.ticket === null) {
    const { founder } = genesis
    if (key !== founder.peer || row.proof !== null || row.ticket !== null) return 'nothing proves this member'
    return founder.sealingKey === row.sealingKey && founder.tlsFingerprint === row.tlsFingerprint ? null : keysDiffer
  }
  const admission = readAdmission(row.proof.admission, genesis.clusterId, signatures)
  const ticket = readTicket(row.proof.ticket, genesis.clusterId, signatures)
  if (!isOperator(ticket.by, genesis)) return 'its ticket is not signed by an operator'
  if (ticket.body.ticket !== admission.by || row.ticket !== admission.by) return 'its admission is not signed by its ticket'
  if (admission.body.peer !== key) return 'its admission is for another node'
  if (admission.body.sealingKey !== row.sealingKey || admission.body.tlsFingerprint !== row.tlsFingerprint) return keysDiffer
  return signatures.keyOf(asPeerId(key)) === undefined ? 'it is not a node' : null
}

const ticketFlaw = (key: string, row: Row<'tickets'>, { genesis, signatures }: Trust): string | null => {
  const { by, body } = readTicket(row.signed, genesis.clusterId, signatures)
  if (!isOperator(by, genesis)) return 'it is not signed by an operator'
  return body.ticket === key && body.expiresMs === row.expiresMs ? null : 'it is not the ticket that was signed'
}

const recordFlaw = (key: string, row: Row<'kv'>, { genesis, signatures }: Trust): string | null => {
  if (!isKey(key)) return 'its key is not allowed'
  if ((row.value === undefined) !== (row.deleted === true)) return 'it is neither a value nor a tombstone'
  if (row.value !== undefined && typeof valueText(row.value) !== 'string') return 'its value is not allowed'
  if (!key.startsWith(protectedPrefix)) return row.signed === undefined ? null : 'it carries a signature nobody asked for'
  if (row.signed === undefined) return 'the admin key did not sign it'
  const { document: kind, bytesMax, schema } = row.deleted ? protectedDelete : protectedPut
  const expected = { kind, cluster: genesis.clusterId, bytesMax, schema: schema as typeof protectedPut.schema } // Both hold key and version.
  const { by, body } = open(row.signed, expected, signatures)
  if (by !== genesis.adminPublic) return 'the admin key did not sign it'
  const same = body.key === key && body.version === row.version && (row.deleted === true || canonical(body.value) === canonical(row.value))
  return same ? null : 'it is not what the admin key signed'
}

const metaFlaw = (key: string, row: Row<'meta'>, trust: Trust): string | null => {
  const named = row.kind === 'refusals' || row.kind === 'takeover' ? key.startsWith(`${row.kind}/`) : key === row.kind
  if (!named) return 'its key does not fit its kind'
  if (row.kind !== 'takeover') return null
  const opened = openTakeover(row.body, trust.genesis, trust.signatures)
  if (opened instanceof Fault) return opened.message
  return opened.id === row.id ? null : 'it is not the take-over that was signed'
}

const ticketUsedTwice = (rows: StateReader): string | null => {
  const used = new Set<string>()
  for (const { key, value } of everyRow(rows, 'members')) {
    const { ticket } = JSON.parse(value) as Row<'members'> // Checked by schema above.
    if (ticket === null) continue
    if (used.has(ticket)) return `the ticket of member ${key} was used twice`
    const row = read(rows, 'tickets', ticket)
    if (row && row.usedBy !== key) return `the ticket of member ${key} is not shown as used by it`
    used.add(ticket)
  }
  return null
}

const usageFlaw = (rows: StateReader): string | null => {
  let [records, chars] = [0, 0]
  for (const { value } of everyRow(rows, 'kv')) {
    records += 1
    chars += value.length
  }
  const said = readUsage(rows)
  return said.records === records && said.chars === chars ? null : 'it does not say how much its records take'
}

function* hashedRows(rows: StateReader) {
  for (const space of spaceNames) for (const { key, value } of everyRow(rows, space)) yield { space, key, hash: sha256(value) }
}

const keysDiffer = 'its keys are not the ones it came in with'

const isOperator = (by: string, genesis: Genesis) => genesis.operators.some(({ publicKey }) => publicKey === by)

const flawed = (what: string, cause?: unknown) =>
  new Fault('bad-snapshot', `This snapshot cannot be trusted: ${what}.`, { hint: 'It is dropped; another member will be asked.', cause })
