/** What a release writes into its install.sh; an empty `release` or `key` stays unsaid. */
export interface Vouched {
  readonly version: string
  /** URL of the folder with the archives. */
  readonly release: string
  /** The text of SHA256SUMS. */
  readonly sums: string
  /** The public half of the release key, as PEM. */
  readonly key: string
}

const block = /^# --- release\n[\s\S]*?^# --- end of release$/m

/** The install.sh of the source with these values between its marks. */
export const filledScript = (template: string, { version, release, sums, key }: Vouched): string => {
  if (!block.test(template)) throw new Error('install.sh has lost its marks.')
  const values = { version, release, sums, key }
  const lines = Object.entries(values).map(([name, value]) => {
    if (value.includes("'")) throw new Error(`The ${name} of the release has a quote in it.`)
    return `${name}='${value.trim()}'`
  })
  // A function, because "$&" in a replacement text means something.
  return template.replace(block, () => ['# --- release', ...lines, '# --- end of release'].join('\n'))
}
