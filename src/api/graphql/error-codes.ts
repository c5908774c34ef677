import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { Context } from './context.ts'

/**
 * Gives a code to the errors that GraphQL itself finds before it executes: variables that do not fit, an
 * operation that the document does not have. All others have one already.
 */
export function codeVariableErrors(): Plugin<Context> {
  return {
    onExecute: () => ({
      onExecuteDone({ result, setResult }) {
        if (isRefusal(result)) setResult(withCodes(result))
      },
    }),
    onSubscribe: () => ({
      onSubscribeResult({ result, setResult }) {
        if (isRefusal(result)) setResult(withCodes(result))
      },
    }),
  }
}

type Refusal = ExecutionResult & { readonly errors: readonly GraphQLError[] }

/** Whether nothing was executed: null, not undefined, is data that came to nothing. */
function isRefusal(result: object): result is Refusal {
  return 'errors' in result && result.errors !== undefined && !('data' in result && result.data !== undefined)
}

function withCodes(result: Refusal): Refusal {
  return { ...result, errors: result.errors.map((error) => withCode(error, 'BAD_REQUEST')) }
}

/** The error with this code, where it is one of GraphQL's own, which have none. */
export function withCode(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions, originalError, extensions } = error
  const isGraphqls = originalError === undefined || originalError instanceof GraphQLError
  if (extensions.code !== undefined || !isGraphqls) return error
  return new GraphQLError(message, { nodes, source, positions, extensions: { ...extensions, code } })
}
