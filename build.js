// Emits JavaScript and types to dist/, which is what a package holds: Node strips types from a checkout, but
// never below node_modules, and a browser or Node 20 not at all. npm runs this as `prepare`.
// Plain JavaScript, so that every Node from 20 on can run it.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))
const compiler = path('node_modules/typescript/bin/tsc')

if (existsSync(compiler)) {
  rmSync(path('dist'), { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, [compiler, '-p', path('tsconfig.build.json')], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} else {
  // `npm ci --omit=dev` of a checkout: it runs its TypeScript as it is.
  console.log('build: no compiler is installed, so dist/ was not made.')
}
