import { type Call, isLogWrite, isMesh, isReceive, isSend, isSocket, isSync, type Trace } from './trace.ts'

/** When the bytes that carry `mark` were safe on this node's disk: the end of the first sync of the log that began after they were written. */
export const safeAt = (trace: Trace, mark: string): number | null => {
  const written = trace.calls.find((call) => isLogWrite(call) && call.text.includes(mark))
  return written === undefined ? null : (syncAfter(trace, written)?.until ?? null)
}

const syncAfter = (trace: Trace, written: Call): Call | undefined =>
  trace.calls.find((call) => isSync(call) && call.target === written.target && call.at >= written.until)

/** The answer to the request that carried `mark`: the next thing sent on that connection. */
export const answerTo = (traces: readonly Trace[], mark: string): { readonly node: string; readonly call: Call } | null => {
  for (const { node, calls } of traces) {
    const asked = calls.findIndex((call) => isReceive(call) && isSocket(call) && call.text.includes(mark))
    const request = calls[asked]
    if (request === undefined) continue
    const call = calls.slice(asked).find((later) => isSend(later) && later.target === request.target && later.text.startsWith('HTTP/1.1'))
    if (call !== undefined) return { node, call }
  }
  return null
}

/**
 * Sentences about broken promises, none when all were kept. For every marked put that was answered with success: when the answer left, a
 * majority of nodes had synced the entry, and no node sent anything to a peer between writing the entry and the end of its sync.
 */
export const brokenPuts = (traces: readonly Trace[], marks: readonly string[]): readonly string[] =>
  marks.flatMap((mark) => {
    const answer = answerTo(traces, mark)
    if (answer === null) return [`${mark} was never answered`]
    if (!answer.call.text.startsWith('HTTP/1.1 200')) return []
    const safe = traces.flatMap((trace) => safeAt(trace, mark) ?? [])
    const inTime = safe.filter((at) => at <= answer.call.at).length
    const needed = Math.floor(traces.length / 2) + 1
    const early = inTime < needed ? [`${mark} was acknowledged by ${answer.node} when ${inTime} of ${needed} needed disks had it`] : []
    return [...early, ...traces.flatMap((trace) => hastySends(trace, mark))]
  })

/** Sends to peers after `mark` was written and before it was synced: each of them might be the acknowledgement. */
const hastySends = (trace: Trace, mark: string): readonly string[] => {
  const written = trace.calls.find((call) => isLogWrite(call) && call.text.includes(mark))
  if (written === undefined) return []
  const synced = syncAfter(trace, written)
  const until = synced?.until ?? Number.POSITIVE_INFINITY
  const hasty = trace.calls.filter((call) => isSend(call) && isMesh(call) && call.at >= written.at && call.at < until)
  return hasty.length === 0 ? [] : [`${trace.node} wrote ${mark} and sent ${hasty.length} times to a peer before its sync`]
}

/** A peer id, then no other one, then the base's hash: of all that the member's row holds, this is whom it voted for. */
const vote = /(12D3KooW[1-9A-HJ-NP-Za-km-z]{44})(?:(?!12D3KooW).){0,120}?[0-9a-f]{64}/s

/** When this node had its vote for `candidate`, cast after `since`, safe on disk. */
export const votedAt = (trace: Trace, candidate: string, since: number): number | null => {
  const cast = trace.calls.find((call) => call.at >= since && isLogWrite(call) && vote.exec(call.text)?.[1] === candidate)
  return cast === undefined ? null : (syncAfter(trace, cast)?.until ?? null)
}

/** When `leader`, by then elected, began to write the first entry of its term. */
export const reignedAt = (trace: Trace, leader: string, since: number): number | null =>
  trace.calls.find(
    (call) => call.at >= since && isLogWrite(call) && call.text.includes('noop') && call.text.includes(`\\"leader\\":\\"${leader}\\"`),
  )?.at ?? null

/**
 * Sentences about broken votes: when the new leader wrote its first entry, a majority of all nodes had their votes for it on disk.
 * `traces` are those of all nodes, the dead one too.
 */
export const brokenElection = (
  traces: readonly Trace[],
  leader: { readonly node: string; readonly peer: string },
  since: number,
): readonly string[] => {
  const own = traces.find(({ node }) => node === leader.node)
  const began = own === undefined ? null : reignedAt(own, leader.peer, since)
  if (began === null) return [`${leader.node} wrote no first entry`]
  const votes = traces.flatMap((trace) => votedAt(trace, leader.peer, since) ?? []).filter((at) => at <= began).length
  const needed = Math.floor(traces.length / 2) + 1
  return votes < needed ? [`${leader.node} led when ${votes} of ${needed} needed votes were on disk`] : []
}
