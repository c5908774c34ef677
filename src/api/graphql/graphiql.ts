import { renderGraphiQL } from '@graphql-yoga/render-graphiql'
import type { GraphiQLOptions } from 'graphql-yoga'

const welcome = `# Sluice: your rows as files.
# Put your API key into the field below.

mutation CreateExport {
  createExport(input: { dataset: "deals", format: CSV }) {
    ... on CreateExportSuccess { export { id status } }
    ... on ValidationError { issues { path message } }
    ... on Error { code message }
  }
}

# Paste the id that createExport gives.
subscription ExportProgress($id: ID!) {
  exportProgress(id: $id) {
    status progress stageMessage rowsExported rowsTotal
    files { name url bytes rows sha256 }
  }
}
`

export const pageOptions: GraphiQLOptions = {
  title: 'Sluice',
  defaultQuery: welcome,
  subscriptionsProtocol: 'WS',
}

/**
 * The page asks for a key and gives it to every request: as a header, and in the first message of a
 * WebSocket, which can carry no header of a browser's. GraphiQL knows headers only. The key is kept for
 * as long as the tab is open, and nowhere else.
 */
const keyField = `<form id="key-form" onsubmit="return false" style="position: fixed; bottom: 0; right: 0; z-index: 10; padding: 6px; font: 13px sans-serif; background: #fff; border: 1px solid #ccc; border-radius: 6px 0 0 0">
  <label>API key <input id="key" type="password" autocomplete="off" spellcheck="false" size="28" placeholder="slc_…"></label>
</form>
<script>
  {
    const field = document.querySelector('#key')
    field.value = sessionStorage.getItem('sluice-key') ?? ''
    field.addEventListener('input', () => sessionStorage.setItem('sluice-key', field.value.trim()))
    const authorization = () => 'Bearer ' + field.value.trim()
    const send = WebSocket.prototype.send
    WebSocket.prototype.send = function (text) {
      const message = typeof text === 'string' && text.includes('connection_init') ? JSON.parse(text) : null
      if (message?.type !== 'connection_init') return send.call(this, text)
      const payload = { ...message.payload, Authorization: authorization() }
      return send.call(this, JSON.stringify({ ...message, payload }))
    }
    const fetch = window.fetch
    window.fetch = (input, init) => {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined))
      if (field.value && !headers.has('authorization')) headers.set('Authorization', authorization())
      return fetch(input, { ...init, headers })
    }
  }
</script>`

/** Served from the package: GraphiQL's default page loads its scripts from a CDN. */
export function renderPage(options?: GraphiQLOptions): string {
  // A function: in a string, `$` would have a meaning.
  return renderGraphiQL(options).replace('<div id="root"></div>', (root) => `${keyField}${root}`)
}
