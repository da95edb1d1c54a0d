/** What a client asked for. `expect` is the version the record must have for the write to happen; 0 means "must not exist". */
export type Request =
  | { readonly kind: 'put'; readonly key: string; readonly value: string }
  | { readonly kind: 'cas'; readonly key: string; readonly expect: number; readonly value: string }
  | { readonly kind: 'get'; readonly key: string }
  | { readonly kind: 'list'; readonly prefix: string }

export interface Row {
  readonly key: string
  readonly version: number
  readonly value: string
}

/** What a client was told. `version` of a write is the version it made; a refused compare-and-set is `conflict`. */
export type Reply =
  | { readonly kind: 'written'; readonly version: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'found'; readonly row: Row | null }
  | { readonly kind: 'listed'; readonly rows: readonly Row[] }

/**
 * One operation of a history. `invoked` and `returned` are instants of one clock that all clients share. An operation without a reply is
 * open: it may have taken effect at any time after `invoked`, or never.
 */
export interface Operation {
  readonly client: string
  readonly request: Request
  readonly invoked: number
  readonly answer: { readonly returned: number; readonly reply: Reply } | null
}

/**
 * One JSON line an outside checker can read; see `npm run sim -- --history FILE`. Every run is a history by itself. So is every `lineage` of a
 * run with take-overs: there, what another lineage answered counts as without an answer.
 */
export const historyLine = (operation: Operation, run: string | number, lineage = ''): string => {
  const { request, answer } = operation
  return JSON.stringify({
    run,
    lineage,
    client: operation.client,
    operation: request.kind,
    key: request.kind === 'list' ? request.prefix : request.key,
    value: request.kind === 'put' || request.kind === 'cas' ? request.value : null,
    ...(request.kind === 'cas' ? { expect: request.expect } : {}),
    invoked: operation.invoked,
    returned: answer?.returned ?? null,
    reply: answer?.reply ?? null,
  })
}
