import { expect, test } from 'vitest'
import { DocumentCache, maxDocuments } from '../../../src/api/graphql/document-cache.ts'
import { schema } from '../../../src/api/graphql/schema.ts'

test('a document that is in use stays, however many others come and go', () => {
  const documents = new DocumentCache(schema, [])
  const inUse = documents.read('{ viewer { __typename } }')
  const once = documents.read('query Once { viewer { __typename } }')
  for (let others = 0; others < maxDocuments; others += 1) {
    documents.read(`query Other${others} { viewer { __typename } }`)
    documents.read('{ viewer { __typename } }')
  }
  expect(documentOf(documents.read('{ viewer { __typename } }'))).toBe(documentOf(inUse))
  expect(documentOf(documents.read('query Once { viewer { __typename } }'))).not.toBe(documentOf(once))
})

function documentOf(read: ReturnType<DocumentCache['read']>) {
  if ('errors' in read) throw new Error(read.errors.join())
  return read.document
}
