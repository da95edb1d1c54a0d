/** How this program starts itself again: the executable alone, or Bun with the source it runs from. */
export const selfCommand = (): readonly string[] => {
  // Inside an executable the entry has an address in Bun's own virtual file system.
  const entry = Bun.main
  return entry.startsWith('/$bunfs/') || /^[A-Z]:[\\/]~BUN/i.test(entry) ? [process.execPath] : [process.execPath, entry]
}
