import semver from 'semver'

/** What a version means for the people who use it. `safe`: nothing known against it. */
export type Judgement =
  | { readonly level: 'safe' }
  | { readonly level: 'source'; readonly message: string; readonly remedy: string }
  | { readonly level: 'old' | 'unsafe' | 'unknown'; readonly message: string; readonly remedy: string }

const minimum = '0.17.1'
const better = '0.20.2'
const remedy = 'curl -fsSL https://ollama.com/install.sh | sh'

/** Judges what `/api/version` said: at least 0.17.1 (CVE-2026-7482), better above 0.20.2 (CVE-2026-7020); 0.0.0 is a build from source. */
export const judgeVersion = (version: string): Judgement => {
  const parsed = semver.parse(version, { loose: true })
  if (parsed === null)
    return { level: 'unknown', message: `Ollama calls its version "${version.slice(0, 40)}", which says nothing about its age.`, remedy }
  const plain = `${parsed.major}.${parsed.minor}.${parsed.patch}`
  if (plain === '0.0.0') {
    return {
      level: 'source',
      message: 'Ollama was built from source and reports version 0.0.0, so whether its known holes are mended cannot be told.',
      remedy: `build it from a source newer than ${better}`,
    }
  }
  // A release candidate of the minimum may lack the fix: compared with its suffix it counts as older.
  if (semver.lt(parsed, minimum)) {
    return {
      level: 'unsafe',
      message: `Ollama ${parsed.version} has a known hole that is open to the network (CVE-2026-7482, mended in ${minimum}).`,
      remedy,
    }
  }
  if (semver.lte(plain, better))
    return { level: 'old', message: `Ollama ${parsed.version} has a known hole (CVE-2026-7020, mended after ${better}).`, remedy }
  return { level: 'safe' }
}
