import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { baseImage } from './base-image.ts'
import { incapable } from './capable.ts'
import { closeLab, type Host, openLab, runInHub, startHost, work } from './lab.ts'
import { hub, hubAddress } from './network.ts'
import { executableAs, makeRelease } from './release.ts'
import { difference, traceOf } from './trace-of.ts'

/*
 * Real Debian hosts with their own systemd, sshd and disk, on which the executable that ships installs, upgrades and removes itself. Where the
 * kernel cannot do that it says so; in CI everything that a package mends must be there.
 */
mkdirSync(work, { recursive: true })
const lacking = incapable(work)
if (lacking !== null && process.env.CI && !lacking.kernel) throw new Error(`Hosts cannot be made: ${lacking.because}.`)
if (lacking !== null) console.log(`hosts: skipped, because ${lacking.because}.`)

const executable = join(import.meta.dir, '../../build/out/bzzz')
const url = `http://${hubAddress}`
const releases = join(work, 'releases')
const inPlace = /^bzzz \d+\.\d+\.\d+ is installed/
let server: Bun.Subprocess | null = null

/** Puts a file where a person would have copied it. */
const give = (host: Host, from: string, to = '/var/tmp/bzzz'): void => {
  cpSync(from, join(host.root, to), { recursive: true })
  chmodSync(join(host.root, to), 0o755)
}

let newer = ''
let broken = ''

if (lacking === null) {
  beforeAll(async () => {
    openLab()
    baseImage()
    newer = await executableAs('0.9.0', work)
    broken = await executableAs('0.9.1', work, true)
    await makeRelease(releases, url)
    const started = Bun.spawn(['ip', 'netns', 'exec', hub, process.execPath, join(import.meta.dir, 'release-server.ts'), releases], {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'ignore',
    })
    await started.stdout.getReader().read()
    server = started
    // Making the base takes a minute or two on a fresh machine.
  }, 330_000)
  afterAll(() => {
    server?.kill()
    closeLab()
    rmSync(work, { recursive: true, force: true })
  })
}

describe.skipIf(lacking !== null)('a host', () => {
  test('installs for the machine, upgrades, returns from a version that does not start, and is left as it was', async () => {
    const host = await startHost('root')
    give(host, executable)
    give(host, newer, '/var/tmp/newer')
    give(host, broken, '/var/tmp/broken')
    const before = await traceOf(host)

    const first = await host.run('/var/tmp/bzzz install')
    expect([first.code, first.out]).toEqual([0, expect.stringMatching(inPlace)])
    expect((await host.run('stat -c "%n %a %U" /var/lib/bzzz /etc/bzzz/config.yaml /opt/bzzz/current/bzzz')).out).toBe(
      '/var/lib/bzzz 700 bzzz\n/etc/bzzz/config.yaml 640 root\n/opt/bzzz/current/bzzz 755 root\n',
    )
    const exposure = Number(
      /exposure level for bzzz.service: ([\d.]+)/.exec((await host.run('systemd-analyze security bzzz --no-pager')).out)?.[1],
    )
    expect(exposure).toBeLessThan(3)
    expect((await host.run('bzzz status --json')).code).toBe(0)
    expect(JSON.parse((await host.run('/var/tmp/bzzz install --json')).out)).toMatchObject({ changed: false, node: { name: 'root' } })

    const pid = (await host.run('systemctl show -p MainPID --value bzzz')).out
    const plan = await host.run('/var/tmp/newer install --plan')
    expect(plan.out).toContain('mv -f -T /opt/bzzz/current.partial /opt/bzzz/current')
    expect((await host.run('systemctl show -p MainPID --value bzzz')).out).toBe(pid)

    const upgrade = JSON.parse((await host.run('/var/tmp/newer install --json')).out)
    expect(upgrade).toMatchObject({ version: '0.9.0', changed: true, node: { version: '0.9.0' } })
    expect(upgrade.previous).toMatch(/^\d/)

    const failed = await host.run('/var/tmp/broken install')
    expect(failed.code).toBe(1)
    expect(failed.err.replaceAll(/\s+/g, ' ')).toContain('It said: this version is broken on purpose')
    expect(failed.err.replaceAll(/\s+/g, ' ')).toContain('0.9.0 is back in use')
    expect((await host.run('bzzz version; systemctl is-active bzzz; ls /opt/bzzz')).out).toMatch(/^bzzz 0\.9\.0 .*\nactive\n(?!.*0\.9\.1)/s)

    expect((await host.run('bzzz uninstall </dev/null')).code).toBe(1)
    expect((await host.run('systemctl is-active bzzz')).out).toBe('active\n')
    expect((await host.run('bzzz uninstall --purge --yes')).code).toBe(0)
    expect(difference(before, await traceOf(host))).toEqual([])
  }, 90_000)

  test('installs for a user without root, and is left as it was', async () => {
    const host = await startHost('user')
    give(host, executable)
    const before = await traceOf(host)
    const { code, out } = await host.run(
      '/var/tmp/bzzz install && ~/.local/bin/bzzz status --json >/dev/null && systemctl --user is-active bzzz',
      'ana',
    )
    expect([code, out]).toEqual([0, expect.stringMatching(inPlace)])
    expect(out).toEndWith('\nactive\n')
    expect(out).toContain('enable-linger')
    expect((await host.run('stat -c %a ~/.local/share/bzzz', 'ana')).out).toBe('700\n')
    const removed = await host.run('~/.local/bin/bzzz uninstall --purge --yes', 'ana')
    expect([removed.code, difference(before, await traceOf(host))]).toEqual([0, []])
  }, 60_000)

  test('goes on where kill -9 stopped an installation', async () => {
    const host = await startHost('killed')
    give(host, executable)
    const before = await traceOf(host)
    for (const seconds of [0.15, 0.3, 0.5, 0.8, 1.2]) await host.run(`timeout --signal=KILL ${seconds} /var/tmp/bzzz install`)
    expect((await host.run('/var/tmp/bzzz install --json')).code).toBe(0)
    expect((await host.run('bzzz status --json')).code).toBe(0)
    expect((await host.run('bzzz uninstall --purge --yes')).code).toBe(0)
    expect(difference(before, await traceOf(host))).toEqual([])
  }, 60_000)

  test('without systemd says how to start the node, and that works word for word', async () => {
    const host = await startHost('plain', { systemd: false })
    give(host, executable)
    const { code, out } = await host.run('/var/tmp/bzzz install')
    expect([code, out]).toEqual([0, expect.stringContaining('systemd does not run here')])
    const line = out.trim().split('\n').at(-1) ?? ''
    const started = await host.run(
      `nohup ${line} >/dev/null 2>&1 & for n in $(seq 100); do bzzz status --json >/dev/null 2>&1 && exit 0; sleep 0.1; done; exit 1`,
    )
    expect([line, started.code]).toEqual([expect.stringContaining('su -s /bin/sh'), 0])
    expect((await host.run('ps -o user= -C bzzz')).out).toStartWith('bzzz')
  }, 60_000)

  test('with a read-only home says so, and changes nothing', async () => {
    const host = await startHost('readonly')
    give(host, executable)
    await host.run('mount --bind /home/ana /home/ana && mount -o remount,bind,ro /home/ana')
    const { code, err } = await host.run('/var/tmp/bzzz install', 'ana')
    expect([code, err]).toEqual([1, expect.stringContaining('/home/ana cannot be written')])
    expect(err).toContain('sudo bzzz install')
  }, 60_000)

  test('with 60 MB free says what it needs, and changes nothing', async () => {
    const host = await startHost('small', { diskMegabytes: 60 })
    await host.run('mkdir /mnt/stick; mount -t tmpfs -o size=400m tmpfs /mnt/stick; umount /tmp')
    const noStage = await host.run(`curl -fsSL ${url}/good/install.sh | sh`)
    expect([noStage.code, noStage.err]).toEqual([1, expect.stringContaining('no folder has room')])
    const noPlace = await host.run(`curl -fsSL ${url}/good/install.sh | TMPDIR=/mnt/stick sh`)
    expect([noPlace.code, noPlace.err]).toEqual([1, expect.stringMatching(/\/opt has \d+ MB free; bzzz needs \d+ MB/)])
    expect((await host.run('ls /opt /etc/bzzz /usr/local/bin; id bzzz')).out).not.toContain('bzzz')
  }, 60_000)

  test('with a taken port names who has it and what to do, and changes nothing', async () => {
    const host = await startHost('taken')
    give(host, executable)
    await host.run('busybox httpd -p 127.0.0.1:8080 -h /var/empty; mkdir -p /var/empty; busybox httpd -p 127.0.0.1:8080 -h /var/empty')
    const { code, err } = await host.run('/var/tmp/bzzz install')
    expect([code, err]).toEqual([1, expect.stringMatching(/Port 8080, meant for the web page, is taken by busybox/)])
    await host.run("mkdir /etc/bzzz; printf 'web:\\n  port: 8090\\n' > /etc/bzzz/config.yaml; chmod 644 /etc/bzzz/config.yaml")
    expect(JSON.parse((await host.run('/var/tmp/bzzz install --json')).out).node.page).toBe('http://127.0.0.1:8090/')
  }, 60_000)
})

describe.skipIf(lacking !== null)('install.sh', () => {
  const fetched = (folder: string, shell: string, more = '') => `curl -fsSL ${url}/${folder}/install.sh | ${more} ${shell}`
  const nothing = async (host: Host) =>
    expect((await host.run('ls -A /opt /usr/local/bin /etc/bzzz /tmp /var/tmp | grep -i bzzz')).out).toBe('')

  test.each(['dash', 'busybox sh', 'bash'])(
    'under %s installs, again changes nothing, and removes',
    async (shell) => {
      const host = await startHost(`script-${shell.split(' ')[0]}`)
      const before = await traceOf(host)
      const first = await host.run(fetched('good', shell))
      expect([first.err, first.code, first.out]).toEqual([expect.any(String), 0, expect.stringMatching(inPlace)])
      expect((await host.run(fetched('good', `${shell} -s -- --json`))).out).toContain('"changed": false')
      const removed = await host.run(`curl -fsSL ${url}/good/install.sh | ${shell} -s -- --uninstall --purge --yes`)
      expect([removed.code, difference(before, await traceOf(host))]).toEqual([0, []])
    },
    90_000,
  )

  test('refuses what broke off, what was altered, and what is signed by somebody else', async () => {
    const host = await startHost('hostile')
    const refusals = {
      truncated: 'cannot be downloaded',
      altered: 'is not what was released',
      forged: 'the signature of the release is wrong',
    }
    for (const [folder, sentence] of Object.entries(refusals)) {
      const { code, err } = await host.run(fetched(folder, 'sh'))
      expect([folder, code, err]).toEqual([folder, 1, expect.stringContaining(sentence)])
      await nothing(host)
    }
    const half = await host.run(`curl -fsSL ${url}/good/install.sh | head -c 6000 | sh`)
    expect(half.out).toBe('')
    await nothing(host)
    const other = await host.run(fetched('good', 'sh', `BZZZ_RELEASE=${url}/altered`))
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('is not what was released')])
    await nothing(host)
  }, 90_000)

  test('makes do without curl, without openssl, with a /tmp where nothing starts, and says what is missing otherwise', async () => {
    const host = await startHost('bare')
    await host.run('rm /usr/bin/curl; mount -t tmpfs -o noexec tmpfs /tmp')
    const script = `wget -qO- ${url}/good/install.sh | sh`
    expect((await host.run(script)).out).toMatch(inPlace)
    expect((await host.run('bzzz uninstall --purge --yes; rm /usr/bin/openssl')).code).toBe(0)
    const unsigned = await host.run(script)
    expect([unsigned.code, unsigned.err]).toEqual([0, expect.stringContaining('only the sums are checked')])
    await host.run('bzzz uninstall --purge --yes; mv /usr/bin/wget /root/')
    const { code, err } = await host.run(`/root/wget -qO- ${url}/good/install.sh | sh`)
    expect([code, err]).toEqual([1, expect.stringContaining('neither curl nor wget is there')])
    await nothing(host)
  }, 90_000)

  test('installs offline from a folder, and for a user without root', async () => {
    const host = await startHost('offline')
    give(host, join(releases, 'good'), '/srv/release')
    await host.run('loginctl enable-linger ana; ip link set eth0 mtu 1500')
    const { code, out } = await host.run('cd / && BZZZ_RELEASE=/srv/release sh /srv/release/install.sh', 'ana')
    expect([code, out]).toEqual([0, expect.stringMatching(inPlace)])
    expect((await host.run('~/.local/bin/bzzz status --json', 'ana')).code).toBe(0)
    const removed = await host.run('sh /srv/release/install.sh --uninstall --purge --yes', 'ana')
    expect([removed.code, (await host.run('ls -A ~', 'ana')).out]).toEqual([0, '.bash_logout\n.bashrc\n.profile\n.ssh\n'])
  }, 60_000)

  test('builds and installs from a checkout', async () => {
    const script = join(import.meta.dir, '../../install.sh')
    const { code, out, err } = await runInHub('sh', script, '--from-source', '--plan')
    expect([code, out, err]).toEqual([0, expect.stringContaining('build/out/bzzz /opt/bzzz/.partial-'), expect.any(String)])
  }, 60_000)
})
