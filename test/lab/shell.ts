/** Runs a command as root on this machine; its output, or an error that quotes what it said. */
export const sh = (...command: readonly string[]): string => {
  const run = Bun.spawnSync([...command], { stdin: 'ignore' })
  if (!run.success) throw new Error(`${command.join(' ')}: ${run.stderr.toString().trim() || `exit ${run.exitCode}`}`)
  return run.stdout.toString()
}

/** The same where failing is fine: removing what may not be there. */
export const attempt = (...command: readonly string[]): string => {
  try {
    return sh(...command)
  } catch {
    return ''
  }
}
