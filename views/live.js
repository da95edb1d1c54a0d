// Says when the line to the node is broken, refused or silent, and asks again after a refusal. Everything else is htmx.
{
  const line = document.getElementById('line')
  const silentMs = 15_000
  const againMs = 10_000
  let heardAt = Date.now()

  const show = (shown) => {
    for (const id of ['line-broken', 'line-refused']) document.getElementById(id).hidden = id !== shown
  }
  const broken = () => {
    if (!document.getElementById('line-refused').hidden) return
    document.getElementById('line-since').textContent = document.getElementById('as-of')?.textContent ?? 'its last answer'
    show('line-broken')
  }
  const heard = () => {
    heardAt = Date.now()
    show(null)
  }
  const askAgain = () => setTimeout(() => htmx.trigger(line, 'bzzz:again'), againMs)

  document.addEventListener('htmx:sse:after:connection', heard)
  document.addEventListener('htmx:sse:before:message', heard)
  document.addEventListener('htmx:sse:error', broken)
  document.addEventListener('htmx:response:error', ({ detail }) => {
    document.getElementById('line-why').textContent = detail.ctx?.text ?? ''
    show('line-refused')
    askAgain()
  })
  document.addEventListener('htmx:error', ({ detail }) => {
    if (detail.ctx?.sourceElement !== line || detail.ctx?.response) return
    broken()
    askAgain()
  })
  // The node now runs another version: its regions may not fit this page any more.
  line.addEventListener('bzzz:renewed', () => location.reload())
  // A stopped process keeps its connections open; only the missing beats tell.
  setInterval(() => {
    if (!document.hidden && Date.now() - heardAt > silentMs) broken()
  }, 5_000)
  document.addEventListener('visibilitychange', () => {
    heardAt = Date.now()
  })
}
