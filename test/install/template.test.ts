import { expect, test } from 'bun:test'
import { parseConfig } from '../../src/app/config-file.ts'
import { settingNames } from '../../src/app/index.ts'
import { configTemplate, templateNames } from '../../src/install/index.ts'

test.each(templateNames)('our own reader takes the template of a %s, as it is and with every comment opened', (name) => {
  const text = configTemplate(name)
  expect(parseConfig(text, name).mesh).toEqual({ host: '0.0.0.0', port: 8081 })
  const opened = text.replaceAll(/^( *)# ([a-z]+:) (.+)$/gm, (line, indent, key, value) =>
    ['level:'].includes(key) ? line : `${indent}${key} ${value}`,
  )
  expect(parseConfig(opened, name)).toMatchObject({ name: 'atlas', zone: 'rack-a', data: '/var/lib/bzzz' })
})

test.each(templateNames)('the template of a %s knows every setting', (name) => {
  const text = configTemplate(name)
  const missing = settingNames.filter(({ path }) => !path.every((key) => new RegExp(`\\b${key}:`).test(text)))
  expect(missing).toEqual([])
})
