import { account, configHome, currentExecutable, dataHome, type Layout } from './layout.ts'

/** What to do where no service manager starts the node: the command that does, for a person, cron or another init system. */
export const withoutManager = (layout: Layout): readonly string[] => {
  const variables = `XDG_CONFIG_HOME='${configHome(layout)}' XDG_DATA_HOME='${dataHome(layout)}'`
  const run = `${variables} exec '${currentExecutable(layout)}' run`
  return layout.kind === 'system'
    ? [
        'systemd does not run here, so nothing starts the node, now or with the machine. Let your init system run this as root:',
        `su -s /bin/sh -c "${run}" ${account}`,
      ]
    : [
        'No systemd answers for this user, so nothing starts the node. Run it yourself, or from `crontab -e` with @reboot:',
        `sh -c "${run}"`,
      ]
}
