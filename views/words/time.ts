const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const formatter = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', options)
const hourMinute = formatter({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const hourMinuteSecond = formatter({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const dayMonth = formatter({ day: 'numeric', month: 'long' })
const dayMonthYear = formatter({ day: 'numeric', month: 'long', year: 'numeric' })

/** The furthest instant a Date can hold; what lies beyond is treated as unknown. */
const instantMax = 8.64e15
const sane = (atMs: number): boolean => Number.isFinite(atMs) && Math.abs(atMs) <= instantMax

/** How long: "38 s", "4 min", "3 h", "12 days". */
export const span = (ms: number): string => {
  const length = Number.isFinite(ms) ? Math.max(0, ms) : 0
  if (length < minuteMs) return `${Math.floor(length / 1000)}\u00a0s`
  if (length < hourMs) return `${Math.floor(length / minuteMs)}\u00a0min`
  if (length < 2 * dayMs) return `${Math.floor(length / hourMs)}\u00a0h`
  return `${Math.floor(length / dayMs)}\u00a0days`
}

/** A short wait with one decimal, for what is nearly now: "0.4 s"; from ten seconds on as `span`. */
export const lag = (ms: number): string => (ms < 10_000 ? `${(Math.max(0, ms) / 1000).toFixed(1)}\u00a0s` : span(ms))

/** When, as a person would say it: today "14:02", this year "18 November", else with the year. */
export const moment = (atMs: number, nowMs: number): string => told(atMs, nowMs, hourMinute)

/** As `moment`, with seconds for today: "14:31:22". */
export const exactMoment = (atMs: number, nowMs: number): string => told(atMs, nowMs, hourMinuteSecond)

/** The full stamp for `<time datetime>`. */
export const stamp = (atMs: number): string => (sane(atMs) ? new Date(atMs).toISOString() : '')

const told = (atMs: number, nowMs: number, today: Intl.DateTimeFormat): string => {
  if (!sane(atMs) || !sane(nowMs)) return 'an unknown time'
  const same = (calendar: Intl.DateTimeFormat) => calendar.format(atMs) === calendar.format(nowMs)
  if (same(dayMonthYear)) return today.format(atMs)
  return new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? dayMonth.format(atMs) : dayMonthYear.format(atMs)
}
