import { existsSync, readFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { extname, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Looked for in the current folder when no file is named. */
const defaultNames = ['sluice.config.ts', 'sluice.config.js', 'sluice.config.mjs']

/** A config file that is missing, cannot be run, or declares something wrong; the message says where. */
export class ConfigFileError extends Error {
  readonly code = 'CONFIG_FILE_INVALID'
}

/** @param named SLUICE_CONFIG. @returns the file's path; null when there is none. @throws ConfigFileError */
export function findConfigFile(named: string | null, folder = process.cwd()): string | null {
  if (named === null) {
    const name = defaultNames.find((candidate) => existsSync(resolve(folder, candidate)))
    return name === undefined ? null : resolve(folder, name)
  }
  const path = resolve(folder, named)
  if (existsSync(path)) return path
  throw new ConfigFileError(`There is no file ${path}. SLUICE_CONFIG names it.`)
}

/** How often this process has read a config file: Node keeps modules by their address, so each time has one of its own. */
let reads = 0

/** What the file exports as its default, as it is now, with the files that it imports. @throws ConfigFileError */
export async function importConfigFile(path: string): Promise<unknown> {
  reads += 1
  if (reads === 1) installHooks()
  let module: { default?: unknown }
  try {
    module = await import(`${pathToFileURL(path).href}?${readParameter}=${reads}`)
  } catch (error) {
    throw new ConfigFileError(explain(error, path), { cause: error })
  }
  if (module.default !== undefined) return module.default
  throw new ConfigFileError(
    `${shownPath(path)} has no default export: it needs \`export default defineConfig({ … })\`.`,
  )
}

const readParameter = 'sluice-read'
/** As TypeScript in a checkout, as JavaScript in an installed package. */
const configModule = new URL(`./define-config${extname(import.meta.url)}`, import.meta.url).href

/** Whatever the nearest package.json says: a config file has a default export. */
const formats: Readonly<Record<string, string>> = { '.ts': 'module-typescript', '.js': 'module' }

/**
 * A config file may lie in any folder: `sluice/config` is found for it without an installation, and what it
 * imports from files beside it is read again with it.
 */
function installHooks(): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'sluice/config') return { url: configModule, shortCircuit: true }
      const found = next(specifier, context)
      const parent = URL.canParse(context.parentURL ?? '') ? new URL(context.parentURL ?? '') : null
      const read = parent?.searchParams.get(readParameter)
      const isBeside = read && found.url.startsWith('file:') && !found.url.includes('/node_modules/')
      const url = isBeside ? `${found.url}?${readParameter}=${read}` : found.url
      const format = new URL(url).searchParams.has(readParameter)
        ? formats[extname(new URL(url).pathname)]
        : null
      return { ...found, url, ...(format ? { format } : {}) }
    },
  })
}

/** Where it happened, if that is known, and what. */
function explain(error: unknown, path: string): string {
  if (!(error instanceof Error)) return `${shownPath(path)}: ${String(error)}`
  const located = syntaxPlace(error) ?? syntaxPlace(syntaxErrorOf(error, path))
  if (located) return `${located.place}: ${error.message.trim()}\n\n${located.excerpt}`
  const [, url, line] = /(file:\/\/[^\s)]+?)\?[^\s):]*:(\d+):\d+/.exec(error.stack ?? '') ?? []
  const place = url === undefined ? shownPath(path) : `${shownPath(fileURLToPath(url))}:${line}`
  // Paths in Node's own sentences carry our parameter.
  return `${place}: ${error.name}: ${error.message.replaceAll(/\?sluice-read=\d+/g, '')}`
}

/** Node puts file, line and the code itself before the stack of a syntax error in TypeScript. */
function syntaxPlace(error: Error | null): { place: string; excerpt: string } | null {
  const [, file, line, excerpt] =
    /^(\S+?)(?:\?\S*)?:(\d+)\n([\s\S]*?)\n\n\w*Error/.exec(error?.stack ?? '') ?? []
  if (file === undefined || excerpt === undefined) return null
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  return { place: `${shownPath(path)}:${line}`, excerpt }
}

/** Of a syntax error in JavaScript it keeps the place to itself; as TypeScript, the same text is told with it. */
function syntaxErrorOf(error: Error, path: string): Error | null {
  if (!(error instanceof SyntaxError)) return null
  try {
    stripTypeScriptTypes(readFileSync(path, 'utf8'), { sourceUrl: path })
    return null
  } catch (again) {
    return again instanceof Error ? again : null
  }
}

/** A path as a person in the current folder would write it. */
export function shownPath(path: string): string {
  const local = relative(process.cwd(), path)
  return local.startsWith('..') ? path : local
}
