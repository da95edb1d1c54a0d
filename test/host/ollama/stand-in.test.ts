import { expect, test } from 'bun:test'
import { probeOllama } from '../../../src/host/ollama/probe.ts'
import { systemPorts } from '../../../src/host/system-ports.ts'
import { recordedExchanges, standInOllama } from '../../support/ollama.ts'

test('the stand-in answers every recorded request as the real Ollama did', async () => {
  using server = standInOllama()
  for (const { request, response } of recordedExchanges) {
    const answer = await fetch(new URL(request.path, server.url), { method: request.method })
    expect(answer.status).toBe(response.status)
    expect(answer.headers.get('content-type')).toBe(response.headers['Content-Type'] ?? null)
    expect(await answer.text()).toBe(response.body)
  }
})

test('a probe through the real ports finds it, and nobody where nobody listens', async () => {
  using server = standInOllama({ version: '0.30.1' })
  const url = server.url.origin
  expect(await probeOllama(systemPorts(), url)).toMatchObject({ running: true, version: '0.30.1', models: 2 })
  await server.stop(true)
  expect(await systemPorts().ask(`${url}/api/version`, 500)).toBeNull()
})
