/** Lines of `key=value`, values in quotes unquoted (os-release(5), `systemctl show`). Later lines win. */
export const parseKeyValues = (text: string): Readonly<Record<string, string>> => {
  const found: Record<string, string> = {}
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && value !== undefined) found[key] = unquote(value)
  }
  return found
}

const unquote = (value: string): string => {
  const [, , inner] = /^(["'])(.*)\1$/.exec(value) ?? []
  return (inner ?? value).replaceAll(/\\(["'$`\\])/g, '$1')
}
