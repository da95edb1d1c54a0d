import { expect, test } from 'bun:test'
import { root, sources } from './source.ts'

const files = sources('src', 'views', 'build', 'test').map(({ path }) => path)

/** Names that say nothing about the story. `src/node/service.ts` names the port that the node offers, its twin in test/support the same. */
const empty = /^(utils?|helpers?|managers?|common|services?|handlers?|misc|lib|shared|stuff|tools?)$/
const agreed = new Set(['src/node/service.ts', 'test/support/service.ts'])

test('files and folders are in kebab-case', () => {
  const odd = files.filter((path) => !path.split('/').every((part) => /^[a-z0-9]+([-.][a-z0-9]+)*$/.test(part)))
  expect(odd).toEqual([])
})

test('no file or folder has a name that says nothing', () => {
  const found = files.filter(
    (path) => !agreed.has(path) && path.split('/').some((part) => empty.test(part.replace(/(\.test)?\.tsx?$/, ''))),
  )
  expect(found).toEqual([])
})

test('every folder of the house has an index for outsiders', () => {
  const folders = new Set(files.filter((path) => /^src\/[^/]+\//.test(path)).map((path) => path.split('/').slice(0, 2).join('/')))
  const without = [...folders].filter((folder) => !files.includes(`${folder}/index.ts`))
  expect(without).toEqual([])
})

test('files are small: half of them below 110 lines, nine in ten below 250', () => {
  const house = sources('src', 'views').map(({ path, lines }) => ({ path, lines }))
  const sorted = house.sort((one, other) => one.lines - other.lines)
  const share = (part: number) => sorted[Math.floor(part * (sorted.length - 1))]?.lines ?? 0
  const longest = sorted
    .slice(-8)
    .reverse()
    .map(({ path, lines }) => `${lines} ${path}`)
  console.log(
    `${root.split('/').at(-1)}: ${sorted.length} files, median ${share(0.5)} lines, nine in ten below ${share(0.9) + 1}\n  ${longest.join('\n  ')}`,
  )
  expect(share(0.5)).toBeLessThan(110)
  expect(share(0.9)).toBeLessThan(250)
})
