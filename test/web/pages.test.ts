import { describe, expect, test } from 'bun:test'
import { Fault } from '../../src/base/index.ts'
import type { ClusterView } from '../../src/node/view.ts'
import { createPages, type PagesOptions } from '../../src/web/pages.tsx'
import { fixtures, longNames, noCluster, sixMachines } from '../support/cluster-views.ts'
import { FakeService } from '../support/fake-service.ts'

const pagesOf = (view: ClusterView, options?: PagesOptions) => createPages(new FakeService(view), options)
const get = async (view: ClusterView, path: string) => {
  const response = await pagesOf(view).request(path)
  return { response, text: await response.text() }
}

describe('a page', () => {
  test.each(Object.entries(fixtures))('of %s is whole HTML with one headline', async (_, view) => {
    const { response, text } = await get(view, '/')
    expect(response.status).toBe(200)
    expect(text).toStartWith('<!doctype html><html lang="en">')
    expect(text.match(/<h1/g)?.length).toBe(1)
    expect(text.match(/\bNaN\b|undefined|\[object/g)).toBeNull()
  })

  test.each(Object.entries(fixtures))('of %s has no inline script and no inline style', async (_, view) => {
    const { text } = await get(view, '/')
    expect(text).not.toMatch(/\sstyle=/)
    expect(text).not.toMatch(/\son[a-z]+=/)
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/)
  })

  test('is never kept, and allows only its own scripts by a nonce that is new every time', async () => {
    const first = await get(sixMachines, '/')
    const second = await get(sixMachines, '/')
    const nonce = (text: string) => text.match(/nonce="([^"]+)"/)?.[1] ?? ''
    expect(first.response.headers.get('cache-control')).toBe('no-store')
    const policy = first.response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`script-src 'nonce-${nonce(first.text)}'`)
    expect(policy).not.toMatch(/unsafe|\*|https?:/)
    expect(nonce(first.text).length).toBe(24)
    expect(nonce(first.text)).not.toBe(nonce(second.text))
  })

  test('shows text from elsewhere as text, in words, names, attributes and pictures', async () => {
    const evil = '"><script>alert(1)</script>'
    const view: ClusterView = {
      ...longNames,
      cluster: { id: 'x', name: evil },
      self: { ...longNames.self, name: evil },
      members: longNames.members.map((member) => ({
        ...member,
        name: evil,
        zone: evil,
        reason: evil,
        version: evil,
        scoreReason: evil,
        addresses: [evil],
      })),
      haltedBecause: evil,
    }
    for (const path of ['/', `/nodes/${view.members[0]?.peer}`, `/nodes/${encodeURIComponent(evil)}x`]) {
      const { text } = await get(view, path)
      expect(text.includes('<script>alert')).toBe(false)
      expect(text.includes('"><script>')).toBe(false)
    }
  })

  test('names every region, also those that are still empty', async () => {
    const { text } = await get(noCluster, '/')
    for (const id of ['place', 'state', 'empty', 'map', 'attention', 'machines', 'scores', 'events', 'foot'])
      expect(text).toContain(`id="${id}"`)
  })
})

describe('the page of a machine', () => {
  test('is found by id and by name', async () => {
    const peer = sixMachines.members[1]?.peer
    for (const path of [`/nodes/${peer}`, '/nodes/nova']) {
      const { response, text } = await get(sixMachines, path)
      expect(response.status).toBe(200)
      expect(text).toContain('<h1>nova</h1>')
      expect(text).toContain('driver 580.95.05')
    }
  })

  test('works without scripts: it names none', async () => {
    expect((await get(sixMachines, '/nodes/nova')).text).not.toContain('<script')
  })
})

describe('what cannot be shown', () => {
  test('an unknown machine is named, shortened if need be', async () => {
    const { response, text } = await get(sixMachines, `/nodes/${'v'.repeat(500)}`)
    expect(response.status).toBe(404)
    expect(text).toContain(`No machine is called ${'v'.repeat(59)}…`)
    expect(text.length).toBeLessThan(8_000)
  })

  test('an unknown address leads back to the cluster', async () => {
    const { response, text } = await get(sixMachines, '/nowhere')
    expect(response.status).toBe(404)
    expect(text).toContain('There is no such page')
    expect(text).toContain('href="/"')
  })

  test('a bug is owned up to, reported, and shows no stack', async () => {
    const reported: unknown[] = []
    const bug = new Error('boom')
    const broken = {
      view: (): ClusterView => {
        throw bug
      },
      watch: () => () => undefined,
    }
    const response = await createPages(broken, { report: (error) => reported.push(error) }).request('/')
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(text).toContain('Something broke in bzzz, not in what you did')
    expect(text).toContain('Error: boom')
    expect(text).not.toContain('pages.test.ts')
    expect(reported).toEqual([bug])
  })

  test('a Fault is said in its own words', async () => {
    const fault = new Fault('busy', 'This node is stopping.', { hint: 'Ask another one.' })
    const response = await createPages({
      view: () => {
        throw fault
      },
      watch: () => () => undefined,
    }).request('/')
    expect(response.status).toBe(503)
    const text = await response.text()
    expect(text).toContain('This node is stopping</h1>')
    expect(text).toContain('Ask another one.')
  })
})

describe('assets', () => {
  test('are found where the page says, may be kept for ever, and need nothing else', async () => {
    const { text } = await get(sixMachines, '/')
    const paths = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '')
    expect(paths.length).toBe(3)
    for (const path of paths) {
      const { response, text: body } = await get(sixMachines, path)
      expect(response.status).toBe(200)
      expect(response.headers.get('cache-control')).toContain('immutable')
      expect(response.headers.get('content-type')).toMatch(/^(text\/css|text\/javascript|image\/svg\+xml); charset=utf-8$/)
      expect(body).not.toMatch(/sourceMappingURL|@import|url\(/)
    }
  })

  test('under another hash are not found', async () => {
    expect((await get(sixMachines, '/assets/bzzz-0000000000000000.css')).response.status).toBe(404)
    expect((await get(sixMachines, '/assets/..%2f..%2fpackage.json')).response.status).toBe(404)
  })
})
