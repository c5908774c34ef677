#!/usr/bin/env node
// Plain JavaScript that every Node from 20 on can read: it finds a Node that can run the rest.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const neededMajor = 24
const folder = dirname(dirname(fileURLToPath(import.meta.url)))
// Node strips types from a checkout, never below node_modules: an installed package brings its JavaScript.
const isInstalled = folder.split(/[/\\]/).includes('node_modules')
const program = join(folder, isInstalled ? 'dist/src/cli/main.js' : 'src/cli/main.ts')

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  await import(pathToFileURL(program).href)
} else {
  runWith(findNode())
}

/** The Node that npm installs beside Sluice, wherever npm has put it. */
function findNode() {
  const name = `node-${process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), 'bin/node')
  } catch {
    process.stderr.write(
      `sluice: needs Node ${neededMajor} or newer, and this is ${process.versions.node}. ` +
        `Run \`npm ci\` without --omit=optional, which brings one for Linux, or install Node ${neededMajor} from https://nodejs.org.\n`,
    )
    process.exit(1)
  }
}

function runWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`sluice: ${node} cannot be started: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    // Whoever started us sees that a signal ended it.
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}
