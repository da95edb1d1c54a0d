import { account, configHome, currentExecutable, dataHome, type Layout } from './layout.ts'

export interface UnitOptions {
  /** Groups of the machine that may open its GPUs. */
  readonly groups: readonly string[]
  /** Whether installing asked for the user's services to run without a session; kept in the file, so that removal can take it back. */
  readonly lingering: boolean
}

/** The marker of `lingering`. systemd ignores keys that begin with "X-". */
export const lingeringMark = 'X-BzzzLingering=asked'

/** The unit file of the node: systemd.service(5), systemd.exec(5). */
export const unitText = (layout: Layout, { groups, lingering }: UnitOptions): string =>
  [
    '[Unit]',
    'Description=bzzz node',
    'Documentation=man:systemd.service(5)',
    ...(layout.kind === 'system' ? ['Wants=network-online.target', 'After=network-online.target'] : []),
    // It tries for ever: a machine in a rack has nobody to start it again.
    'StartLimitIntervalSec=0',
    ...(lingering ? [lingeringMark] : []),
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${quoted(currentExecutable(layout))} run`,
    `Environment=${quoted(`XDG_CONFIG_HOME=${configHome(layout)}`)} ${quoted(`XDG_DATA_HOME=${dataHome(layout)}`)}`,
    'Restart=always',
    'RestartSec=2',
    // The node stops in order within 10 s, or ends itself.
    'TimeoutStopSec=15',
    'KillMode=mixed',
    'LimitNOFILE=65536',
    // Keys are in its memory.
    'LimitCORE=0',
    'UMask=0077',
    'NoNewPrivileges=yes',
    ...(layout.kind === 'system' ? confinement(layout, groups) : []),
    '',
    '[Install]',
    `WantedBy=${layout.kind === 'system' ? 'multi-user.target' : 'default.target'}`,
    '',
  ].join('\n')

/** What a node does not need is taken from it. Memory stays writable and executable: the JavaScript engine compiles as it runs. */
const confinement = (layout: Layout, groups: readonly string[]): readonly string[] => [
  `User=${account}`,
  `Group=${account}`,
  ...(groups.length > 0 ? [`SupplementaryGroups=${groups.join(' ')}`] : []),
  'StateDirectory=bzzz',
  'StateDirectoryMode=0700',
  'ProtectSystem=strict',
  `ReadWritePaths=${quoted(layout.data)}`,
  'ProtectHome=yes',
  'PrivateTmp=yes',
  'ProtectProc=invisible',
  'ProtectClock=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectControlGroups=yes',
  'LockPersonality=yes',
  'RemoveIPC=yes',
  'RestrictNamespaces=yes',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
  'CapabilityBoundingSet=',
  'AmbientCapabilities=',
  'SystemCallArchitectures=native',
  'SystemCallFilter=@system-service',
  'SystemCallFilter=~@privileged',
  'SystemCallErrorNumber=EPERM',
  // The GPUs, and no other device.
  'DevicePolicy=closed',
  ...['char-drm', 'char-kfd', 'char-nvidia', 'char-nvidiactl', 'char-nvidia-frontend', 'char-nvidia-uvm', 'char-nvidia-caps'].map(
    (device) => `DeviceAllow=${device} rw`,
  ),
]

/** A word as systemd reads it back: its specifiers, escapes and variables mean themselves. */
const quoted = (word: string): string => {
  const safe = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')
  return /[\s"'\\;#]/.test(word) ? `"${safe}"` : safe
}
