import { readFileSync } from 'node:fs'
import type { Hono } from 'hono'
import type { CallerEnv } from '../http/meet-caller.ts'
import type { Dialect, RestServices } from './dialect.ts'
import { openApiDocument } from './openapi.ts'

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** The dialects' description for programs: `/openapi.json`. */
export function mountReference(
  app: Hono<CallerEnv>,
  services: RestServices,
  dialects: readonly Dialect[],
): void {
  app.get('/openapi.json', (c) =>
    c.json(openApiDocument(dialects, { version, serverUrl: services.publicUrl() })),
  )
}
