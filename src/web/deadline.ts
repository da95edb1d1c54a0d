import { Fault } from '../base/index.ts'

/** Longer than any act of a healthy cluster takes, shorter than a client waits. */
export const requestMs = 30_000

/** `work`, or a Fault when it takes longer than `ms`. The work itself goes on: its outcome is then unknown. */
export const within = async <Value>(work: Promise<Value>, ms = requestMs): Promise<Value> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new Fault('timeout', `No answer within ${ms / 1000} s; whether it took effect is not known.`, {
          hint: 'Read it back, then try again.',
        }),
      ),
    ms,
  )
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
