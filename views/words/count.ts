const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0, useGrouping: 'min2' })
const conjunction = new Intl.ListFormat('en-GB', { type: 'conjunction' })
const disjunction = new Intl.ListFormat('en-GB', { type: 'disjunction' })

/** A whole number in digits, grouped from 10 000 on with a thin space that does not break: "9999", "48 213". */
export const grouped = (value: number): string => {
  if (!Number.isFinite(value)) return '–'
  return whole
    .formatToParts(value)
    .map(({ type, value }) => (type === 'group' ? '\u202f' : value))
    .join('')
}

/** A number with exactly `digits` decimals and a decimal point: "0.86". */
export const fixed = (value: number, digits: number): string => {
  if (!Number.isFinite(value)) return '–'
  const text = value.toFixed(digits)
  return Number(text) === 0 ? text.replace('-', '') : text
}

/** A count with its noun: "1 machine", "6 machines". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`

/** Names as a sentence lists them: "nova, mini and pi". */
export const listed = (names: readonly string[]): string => conjunction.format(names)

/** Names of which any will do: "atlas or vega". */
export const listedAsChoice = (names: readonly string[]): string => disjunction.format(names)

/** As `listed`, but at most four of them by name: "a, b, c and 25 more". */
export const listedBriefly = (names: readonly string[], namedMax = 4): string =>
  names.length <= namedMax ? listed(names) : listed([...names.slice(0, namedMax - 1), `${grouped(names.length - namedMax + 1)} more`])

/** The verb that fits the number of subjects: `agrees(names, 'hears', 'hear')`. */
export const agrees = (subjects: number | readonly unknown[], one: string, many: string): string =>
  (typeof subjects === 'number' ? subjects : subjects.length) === 1 ? one : many
