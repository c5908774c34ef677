// Writes what /openapi.json serves into a file, for the linters of `npm run check:openapi`.
import { writeFileSync } from 'node:fs'
import { dialects } from './dialects.ts'
import { openApiDocument } from './openapi.ts'

const document = openApiDocument(dialects, { version: '0.0.0', serverUrl: 'https://sluice.test' })
writeFileSync(process.argv[2] ?? 'openapi.json', JSON.stringify(document, null, 2))
