// The code behind # never reaches a server by itself: it is put into the form and sent at once. And the most a passphrase can hold is counted.
{
  const code = new URLSearchParams(location.hash.slice(1)).get('t')
  const form = document.getElementById('claim')
  if (code && form) {
    history.replaceState(null, '', location.pathname)
    document.getElementById('code').value = code
    form.requestSubmit()
  }

  const kinds = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 33],
  ]
  // As the node counts, except that it knows the words of its list: eleven bits each.
  const bitsAtMost = (text) => {
    const offered = document.getElementById('offered').textContent.trim()
    if (text === offered) return 77
    const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0)
    const counted = Math.min([...text].length, 3 * new Set(text).size)
    return Math.floor(counted * Math.log2(Math.max(2, alphabet)))
  }
  document.addEventListener('input', ({ target }) => {
    if (target.id !== 'passphrase') return
    const text = target.value.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')
    document.getElementById('strength').textContent = text === '' ? '' : `What you typed holds ${bitsAtMost(text)} bits at most.`
  })
}
