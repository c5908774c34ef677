import { GraphQLError } from 'graphql'
import type { GraphQLParams, Plugin } from 'graphql-yoga'
import type { Context } from './context.ts'
import type { DocumentParams, PersistedDocuments } from './persisted-documents.ts'

/**
 * Lets HTTP requests name their document instead of bringing it; a WebSocket has found its own when it
 * gets here. Documents are kept for both doors when they are about to run: they have been parsed and
 * validated within the limits by then, and have come with a key that works.
 */
export function findDocuments(documents: PersistedDocuments): Plugin<Context> {
  const keep = ({ args }: { args: { contextValue?: unknown } }) => {
    const { principal, params } = args.contextValue as Context & { params: DocumentParams }
    if (principal) documents.keep(params)
  }
  return {
    onRequestParse({ request, url, setRequestParser }) {
      if (request.method === 'GET') setRequestParser(() => paramsOf(url.searchParams))
    },
    onParams({ params, setParams }) {
      const query = documents.textOf(params)
      if (query !== undefined) setParams({ ...params, query })
    },
    onExecute: keep,
    onSubscribe: keep,
  }
}

/** yoga's own reader knows no documentId, and answers 500 to JSON that is none. @throws GraphQLError */
function paramsOf(search: URLSearchParams): GraphQLParams {
  const text = (name: string) => search.get(name) || undefined
  const json = (name: string) => {
    try {
      return JSON.parse(text(name) ?? 'null')
    } catch {
      throw new GraphQLError(`The parameter ${name} must be JSON.`, {
        extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
      })
    }
  }
  return {
    query: text('query'),
    documentId: text('documentId'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  } as GraphQLParams
}
