import type { Host } from './lab.ts'

/** What changes by itself on a running Debian: states of systemd, logs, backups and locks of the account files. */
const restless = ['/proc', '/sys', '/run', '/dev', '/var/log', '/var/lib/systemd', '/var/cache/ldconfig', '/etc/machine-id']
const restlessName = /^(\/etc\/(passwd|group|shadow|gshadow|subuid|subgid)-|\/etc\/\.pwd\.lock|\/(var\/)?tmp\/systemd-private-.*)$/

/** Every file of a host with its kind, mode, owner, size and target, and the content of /etc: two of them tell what was left behind. */
export const traceOf = async (host: Host): Promise<ReadonlySet<string>> => {
  const prune = restless.map((path) => `-path ${path}`).join(' -o ')
  const files = `find / /tmp -xdev \\( ${prune} \\) -prune -o -type d -printf '%p %y %m %U:%G\\n' -o -printf '%p %y %m %U:%G %s %l\\n'`
  const content = `find /etc -xdev -type f -exec cksum {} + | awk '{ print $3, $1 }'`
  const { out } = await host.run(`${files}; ${content}`)
  return new Set(out.split('\n').filter((line) => !restlessName.test(line.split(' ')[0] ?? '')))
}

/** Lines that are in one of the two only. */
export const difference = (before: ReadonlySet<string>, after: ReadonlySet<string>): readonly string[] => [
  ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
  ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
]
