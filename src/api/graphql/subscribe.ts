import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  mapSourceToResponseEvent,
  validateSubscriptionArgs,
} from 'graphql'
import type { Context } from './context.ts'

type SharedResults = Map<string, ReturnType<typeof executeSubscriptionEvent>>

/** Numbers for documents: the same text is the same tree, since trees are cached. */
const documentIds = new WeakMap<DocumentNode, number>()
let lastDocumentId = 0

/** What one event has become, for each operation that asked. It goes with the event. */
const resultsOf = new WeakMap<object, SharedResults>()

/**
 * graphql's `subscribe`, with one difference: an event is executed once for all who subscribed with the
 * same document, variables and key, instead of once for each. With 2,000 subscribers of
 * one export that is what keeps the last from waiting for the first.
 */
export async function subscribe(
  args: ExecutionArgs,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> {
  const validated = validateSubscriptionArgs(args)
  if (!('schema' in validated)) return { errors: validated }
  const events = await createSourceEventStream(validated)
  if (!(Symbol.asyncIterator in events)) return events
  const asked = whatIsAsked(args)
  return mapSourceToResponseEvent(validated, events, (eventArgs) => {
    const event = eventArgs.rootValue as object
    const shared: SharedResults = resultsOf.get(event) ?? new Map()
    resultsOf.set(event, shared)
    const result = shared.get(asked) ?? executeSubscriptionEvent(eventArgs)
    shared.set(asked, result)
    return result
  })
}

/** Equal for two subscriptions exactly when every event has the same answer for both. */
function whatIsAsked({ document, operationName, variableValues, contextValue }: ExecutionArgs): string {
  const { principal } = contextValue as Context
  let documentId = documentIds.get(document)
  if (documentId === undefined) {
    lastDocumentId += 1
    documentId = lastDocumentId
    documentIds.set(document, documentId)
  }
  return JSON.stringify([
    documentId,
    operationName ?? null,
    variableValues ?? null,
    // Links are signed for a key, so two keys never share an answer, whatever their rights.
    principal && [principal.keyId, principal.scopes, principal.limits],
  ])
}
