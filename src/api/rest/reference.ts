import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Hono } from 'hono'
import type { CallerEnv } from '../http/meet-caller.ts'
import type { Dialect, RestServices } from './dialect.ts'
import { openApiDocument } from './openapi.ts'

const assetFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** Everything that the page needs comes from this server; inline styles are what Swagger UI sets on its elements. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice: REST dialects</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
})
`

const assets = {
  '/docs/swagger-ui.css': ['text/css; charset=utf-8', () => readAsset('swagger-ui.css')],
  '/docs/swagger-ui-bundle.js': ['text/javascript; charset=utf-8', () => readAsset('swagger-ui-bundle.js')],
  '/docs/start.js': ['text/javascript; charset=utf-8', () => start],
} as const satisfies Record<string, readonly [string, () => string]>

/** What the dialects serve: `/openapi.json` for programs, `/docs` for people. Nothing is loaded from elsewhere. */
export function mountReference(
  app: Hono<CallerEnv>,
  services: RestServices,
  dialects: readonly Dialect[],
): void {
  app.get('/openapi.json', (c) =>
    c.json(openApiDocument(dialects, { version, serverUrl: services.publicUrl() })),
  )
  app.get('/docs', (c) =>
    c.body(page, 200, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': pagePolicy,
      'X-Content-Type-Options': 'nosniff',
    }),
  )
  for (const [path, [type, read]] of Object.entries(assets)) {
    app.get(path, (c) =>
      c.body(read(), 200, {
        'Content-Type': type,
        'Cache-Control': 'public, max-age=3600',
        'X-Content-Type-Options': 'nosniff',
      }),
    )
  }
}

function readAsset(name: string): string {
  return readFileSync(join(assetFolder, name), 'utf8')
}
