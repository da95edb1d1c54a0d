import { expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '../../src/base/index.ts'
import { freePort } from '../../src/demo/free-port.ts'
import { ed25519, masterFromWords, masterKeys, operatorKeys, readAdminFile, readGenesis, unwrapAdmin } from '../../src/keys/index.ts'
import { bzzz } from '../support/command-line.ts'
import { type FreshNode, freshNode } from '../support/fresh-node.ts'

setDefaultTimeout(90_000)

const source = [process.execPath, join(import.meta.dir, '../../src/main.ts')]
const passphrase = 'Bienen summen um 7 Linden im Mai'
const newNode = () => freshNode(source, ['--mesh-port', `${freePort(0)}`, '--log-level', 'debug', '--log-format', 'json'])

/** Every file under a folder, as bytes. */
const bytesIn = (folder: string): ReadonlyMap<string, Buffer> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name))]),
  )

/** A secret in every form in which it might be written. */
const forms = (secret: string | Uint8Array): readonly Buffer[] => {
  const bytes = Buffer.from(secret)
  return [bytes, ...(['hex', 'base64', 'base64url'] as const).map((form) => Buffer.from(bytes.toString(form).replace(/=+$/, '')))]
}

/** Arguments, environment and core limit of all processes, looked at again and again until `done`. */
const watchProcesses = async (done: Promise<unknown>) => {
  const seen = new Set<string>()
  const coreLimits = new Set<string>()
  let over = false
  void done.finally(() => {
    over = true
  })
  while (!over) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const [command, environment] = [readFileSync(`/proc/${pid}/cmdline`, 'latin1'), readFileSync(`/proc/${pid}/environ`, 'latin1')]
        seen.add(command).add(environment)
        if (command.includes('key-process') && !command.startsWith('/bin/sh'))
          coreLimits.add(
            /Max core file size\s+(\S+)\s+(\S+)/
              .exec(readFileSync(`/proc/${pid}/limits`, 'latin1'))
              ?.slice(1)
              .join(' ') ?? '',
          )
      } catch {
        // It ended while it was looked at.
      }
    }
    await Bun.sleep(20)
  }
  return { text: [...seen].join('\n'), coreLimits: [...coreLimits] }
}

/** A browser as far as the set-up pages need one. */
const browser = (node: FreshNode) => {
  let cookie = ''
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(new URL(path, node.url()), {
      ...init,
      redirect: 'manual',
      headers: { cookie, origin: new URL(node.url()).origin, ...init.headers },
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return answer
  }
  const submit = async (from: string, path: string, fields: Record<string, string>) => {
    const token = / name="token" value="([^"]+)"/.exec(await (await ask(from)).text())?.[1] ?? ''
    return ask(path, { method: 'POST', body: new URLSearchParams({ token, ...fields }) })
  }
  return { ask, submit, step: (path: string, fields: Record<string, string>) => submit(path, path, fields), cookie: () => cookie }
}

test('a machine is set up in the browser across a crash, and no secret is on disk, in a log, in an argument or in an environment', async () => {
  await using node = await newNode()
  const me = browser(node)
  const { code } = await node.client.setup.link(false)
  expect(readFileSync(join(node.data, 'setup-code'), 'utf8')).toBe(`${code}\n`)
  expect(statSync(join(node.data, 'setup-code')).mode & 0o777).toBe(0o600)
  await me.submit('/setup', '/setup/claim', { code })
  const session = me.cookie().split('=')[1] ?? ''
  expect((await me.step('/setup/machine', { name: 'atlas', zone: 'attic', meshPort: '' })).status).toBe(303)
  await me.step('/setup/cluster', { cluster: 'linden' })
  const deriving = me.step('/setup/operator', { name: 'mara', passphrase, again: passphrase })
  const during = await watchProcesses(deriving)
  expect((await deriving).status).toBe(303)
  expect(during.coreLimits).toEqual(['0 0'])
  const early = [...bytesIn(node.data).values()]

  await node.stop('SIGKILL')
  await node.start()
  expect((await me.ask('/setup/operator')).status).toBe(200)
  const sheet = await (await me.step('/setup/master-key', {})).text()
  const words = [...sheet.matchAll(/<li><b>\d+<\/b><span>([a-z]+)<\/span>/g)].map((match) => match[1] ?? '')
  const asked = [...(await (await me.ask('/setup/confirm')).text()).matchAll(/name="w(\d+)"/g)].map((match) => Number(match[1]))
  const founding = me.step('/setup/confirm', Object.fromEntries(asked.map((place) => [`w${place}`, words[place - 1] ?? ''])))
  const late = await watchProcesses(founding)
  expect((await founding).headers.get('location')).toBe('/')

  const view = await node.client.view()
  expect([view.cluster?.name, view.self.name, view.members.length, view.adminKey]).toEqual(['linden', 'atlas', 1, 'not-yet-split'])
  expect((await me.ask('/setup')).status).toBe(404)
  expect(['setup.sqlite', 'setup-code'].filter((name) => existsSync(join(node.data, name)))).toEqual([])

  const entropy = masterFromWords(words.join(' '))
  const genesis = readGenesis(JSON.parse(readFileSync(join(node.data, 'cluster.json'), 'utf8')).genesis, ed25519)
  const operator = operatorKeys(new Secret(passphrase), genesis.operators[0]?.salt ?? '')
  const wrapped = readAdminFile(readFileSync(join(node.data, 'admin-key.json'), 'utf8'))
  expect(statSync(join(node.data, 'admin-key.json')).mode & 0o777).toBe(0o600)
  if (wrapped === null) throw new Error('The admin key is no admin key.')
  expect(unwrapAdmin(wrapped, 'mara', operator.sealing.privateKey).publicKey).toBe(genesis.adminPublic)
  expect(genesis.masterPublic).toBe(masterKeys(entropy).signer.publicKey)

  const secrets: Readonly<Record<string, readonly Buffer[]>> = {
    code: [Buffer.from(code), Buffer.from(code.replaceAll('-', ''))],
    session: [Buffer.from(session)],
    passphrase: forms(passphrase),
    words: words.slice(1).map((word, at) => Buffer.from(`${words[at]} ${word}`)),
    entropy: forms(entropy.reveal()),
    'master sealing key': forms(masterKeys(entropy).sealing.privateKey.reveal()),
    'operator sealing key': forms(operator.sealing.privateKey.reveal()),
  }
  const places: Readonly<Record<string, Buffer>> = {
    ...Object.fromEntries([...bytesIn(node.data)]),
    'files before': Buffer.concat(early),
    log: Buffer.from(node.said()),
    processes: Buffer.from(`${during.text}${late.text}`, 'latin1'),
  }
  const found = Object.entries(places).flatMap(([place, bytes]) =>
    Object.entries(secrets).flatMap(([name, each]) => (each.some((form) => bytes.includes(form)) ? [`${name} in ${place}`] : [])),
  )
  expect(found).toEqual([])

  await node.stop()
  await node.start()
  const again = await node.client.view()
  expect([again.cluster?.id, again.self.name, again.adminKey]).toEqual([view.cluster?.id, 'atlas', 'not-yet-split'])
  expect((await me.ask('/setup')).status).toBe(404)
  await expect(node.client.setup.link(true)).rejects.toMatchObject({ code: 'closed' })
})

test('bzzz setup prints a link, --link another; unattended it needs a place for the secrets, and makes a cluster of one', async () => {
  await using node = await newNode()
  const setup = (...args: string[]) => bzzz(['setup', '--socket', node.socket, ...args])
  const first = JSON.parse((await setup('--json')).out)
  expect((await setup()).out).toContain(`  ${first.url}\n`)
  expect(first.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/setup#t=[0-9A-Z-]{32}$/)
  expect(JSON.parse((await setup('--link', '--json')).out).code).not.toBe(first.code)
  expect(await setup('--terminal')).toMatchObject({ code: 2 })

  const answers = join(node.folder, 'answers.yaml')
  const secretsTo = join(node.folder, 'secrets.txt')
  const write = (text: string, mode = 0o600) => writeFileSync(answers, text, { mode })
  write('cluster: linden\noperator:\n  name: mara\n')
  expect(await setup('--answers', answers)).toMatchObject({ code: 2, err: expect.stringContaining('secrets-to') })
  write(`cluster: linden\noperator:\n  name: mara\n  pasphrase: x\nsecrets-to: ${secretsTo}\n`)
  expect(await setup('--answers', answers)).toMatchObject({ code: 2, err: expect.stringContaining('`pasphrase` is not known') })
  write(`cluster: "a b"\noperator:\n  name: mara\nsecrets-to: ${secretsTo}\n`)
  expect(await setup('--answers', answers)).toMatchObject({ code: 1, err: expect.stringContaining('cannot be the name of a cluster') })
  expect([existsSync(secretsTo), (await node.client.view()).cluster]).toEqual([false, null])

  write(`machine:\n  name: atlas\n  zone: attic\ncluster: linden\noperator:\n  name: mara\nsecrets-to: ${secretsTo}\n`)
  const done = await setup('--answers', answers, '--json')
  expect(done).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(done.out)).toMatchObject({ cluster: { name: 'linden' }, secretsIn: secretsTo, adminKey: 'not-yet-split' })
  expect(statSync(secretsTo).mode & 0o777).toBe(0o600)
  const [, given = '', sheet = ''] =
    /^Passphrase of mara: (.+)\n\nMaster key of linden .+:\n([\s\S]+)$/.exec(readFileSync(secretsTo, 'utf8')) ?? []
  const numbered = [...sheet.matchAll(/(\d+) ([a-z]+)/g)].sort((one, other) => Number(one[1]) - Number(other[1]))
  const genesis = readGenesis(JSON.parse(readFileSync(join(node.data, 'cluster.json'), 'utf8')).genesis, ed25519)
  expect(masterKeys(masterFromWords(numbered.map((match) => match[2]).join(' '))).signer.publicKey).toBe(genesis.masterPublic)
  expect(operatorKeys(new Secret(given), genesis.operators[0]?.salt ?? '').signer.publicKey).toBe(genesis.operators[0]?.publicKey ?? '')
  expect(await setup()).toMatchObject({ code: 1, err: expect.stringContaining('in a cluster already') })
})
