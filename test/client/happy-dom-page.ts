import { Window } from 'happy-dom'

/** Loads a page's script into this process, whose globals become those of a window at that address. */
const url = process.argv[2] ?? ''
const window = new Window({ url })
const { fetch } = globalThis
const names = [
  'window',
  'document',
  'navigator',
  'location',
  'MutationObserver',
  'HTMLElement',
  'HTMLIFrameElement',
  'Node',
]
for (const name of names) {
  Object.defineProperty(globalThis, name, {
    value: Reflect.get(window, name),
    configurable: true,
    writable: true,
  })
}
globalThis.fetch = (input, init) => fetch(typeof input === 'string' ? new URL(input, url) : input, init)
document.body.innerHTML = '<div id="page"></div>'
const script = await (await fetch(`${url}/page.js`)).text()
await import(`data:text/javascript,${encodeURIComponent(script)}`)
