import picocolors from 'picocolors'

/** What the place we print to can show. */
export interface Terminal {
  readonly columns: number
  /** Whether a person looks at it. */
  readonly interactive: boolean
  /** Whether it can show more than ASCII. */
  readonly unicode: boolean
  readonly colours: ReturnType<typeof picocolors.createColors>
}

const columnsOtherwise = 100
const columnsMin = 20

/** The terminal behind a stream, as the environment describes it: NO_COLOR, FORCE_COLOR, TERM, COLUMNS, LC_ALL, LC_CTYPE, LANG. */
export const terminal = (
  stream: { readonly isTTY?: boolean; readonly columns?: number } = process.stdout,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Terminal => {
  const interactive = stream.isTTY === true
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0'
  const colourful = !env.NO_COLOR && (forced || (interactive && env.TERM !== 'dumb'))
  const columns = stream.columns ?? Number(env.COLUMNS || columnsOtherwise)
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  return {
    columns: Number.isInteger(columns) && columns > 0 ? Math.max(columnsMin, columns) : columnsOtherwise,
    interactive,
    // A machine without any locale (a container, cron) is more often read through UTF-8 than not; "C" and "POSIX" are a choice.
    unicode: locale === '' || /utf-?8/i.test(locale),
    colours: picocolors.createColors(colourful),
  }
}

/** Text from elsewhere made safe to print here: no control or escape characters, nothing that turns the reading direction, ASCII where nothing else shows. */
export const shown = (text: string, { unicode }: Pick<Terminal, 'unicode'>): string => {
  const safe = text.replaceAll(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '\ufffd')
  return unicode ? safe : asAscii(safe)
}

const asAscii = (text: string): string =>
  text
    .replaceAll(/[\u00a0\u202f]/g, ' ')
    .replaceAll('×', 'x')
    .replaceAll('…', '...')
    .replaceAll(/[·–]/g, '-')
    .replaceAll(/[^\u0020-\u007e]/g, '?')
