import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { withCode } from './error-codes.ts'
import { parseOperation } from './operation-limits.ts'

/** Documents that are remembered, those used last: a client sends few different ones. */
export const maxDocuments = 500
/** UTF-16 code units from which on a document is not worth remembering. */
const maxRememberedChars = 16_384

type Read = { readonly document: DocumentNode } | { readonly errors: readonly GraphQLError[] }

/**
 * Documents, parsed and validated once: two thousand clients that subscribe with the same text share one
 * tree, by whose identity their executions are shared too.
 */
export class DocumentCache {
  readonly #schema: GraphQLSchema
  readonly #rules: readonly ValidationRule[]
  readonly #documents = new LRUCache<string, DocumentNode>({ max: maxDocuments })

  constructor(schema: GraphQLSchema, rules: readonly ValidationRule[]) {
    this.#schema = schema
    this.#rules = [...specifiedRules, ...rules]
  }

  read(text: string): Read {
    const known = this.#documents.get(text)
    if (known) return { document: known }
    try {
      const document = parseOperation(text)
      const errors = validate(this.#schema, document, this.#rules)
      if (errors.length > 0) {
        return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
      }
      if (text.length <= maxRememberedChars) this.#documents.set(text, document)
      return { document }
    } catch (error) {
      if (error instanceof GraphQLError) return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
      throw error
    }
  }
}
