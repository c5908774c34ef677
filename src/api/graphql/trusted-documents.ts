import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DocumentCache } from './document-cache.ts'
import { operationRules } from './operation-limits.ts'
import { schema } from './schema.ts'

/** Texts by id: the id that the manifest gives, without `sha256:`, and the text's own SHA-256 in hex. */
export type TrustedDocuments = ReadonlyMap<string, string>

export class TrustedDocumentsError extends Error {
  readonly code = 'TRUSTED_DOCUMENTS_INVALID'
}

/** `{id: text}`, as graphql-codegen and relay-compiler write it, or Apollo's list. */
const manifest = z.union([
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      version: z.literal(1),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body }) => [id, body] as const)),
  z.record(z.string(), z.string()).transform((texts) => Object.entries(texts)),
])

/**
 * Every document is validated as an operation would be, so that what is trusted also runs.
 * @param ownDocuments those of Sluice's own client, which are trusted besides
 * @throws TrustedDocumentsError that says what is wrong with the file, and where
 */
export async function readTrustedDocuments(
  file: string,
  ownDocuments: readonly string[],
  settings: { readonly introspection: boolean },
): Promise<TrustedDocuments> {
  const documents = new DocumentCache(schema, operationRules(settings))
  const texts = new Map<string, string>()
  const trust = (id: string, text: string) => {
    if ((texts.get(id) ?? text) !== text) throw wrong(file, `has two documents with the id ${id}`)
    texts.set(id, text)
  }
  for (const [id, text] of await readManifest(file)) {
    const read = documents.read(text)
    if ('errors' in read)
      throw wrong(file, `has a document that cannot run, ${id}: ${read.errors[0]?.message}`)
    trust(id.replace(/^sha256:/, ''), text)
    trust(hash('sha256', text), text)
  }
  for (const text of ownDocuments) trust(hash('sha256', text), text)
  return texts
}

async function readManifest(file: string): Promise<readonly (readonly [id: string, text: string])[]> {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw wrong(file, `cannot be read: ${(error as Error).message}`)
  }
  const { success, data } = manifest.safeParse(content)
  if (success) return data
  throw wrong(
    file,
    'must be an object of ids and texts, as in {"<sha256>": "query …"}, or an apollo-persisted-query-manifest of version 1',
  )
}

function wrong(file: string, what: string): TrustedDocumentsError {
  return new TrustedDocumentsError(`The file of SLUICE_TRUSTED_DOCUMENTS, ${file}, ${what}.`)
}
