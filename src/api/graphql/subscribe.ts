import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  executeSubscriptionEvent,
  type ValidatedSubscriptionArgs,
  validateSubscriptionArgs,
} from 'graphql'
import { type Context, withFreshLoaders } from './context.ts'

type Result = ReturnType<typeof executeSubscriptionEvent>

/** Numbers for documents: the same text is the same tree, since trees are cached. */
const documentIds = new WeakMap<DocumentNode, number>()
let lastDocumentId = 0

interface Shared {
  readonly result: Result
  readonly madeAtMs: number
}

/** What one event has become, for each operation that asked. It goes with the event. */
const sharedOf = new WeakMap<object, Map<string, Shared>>()

/** A client that stood still may take an event hours later, when the links of the others have ended. */
const sharedForMs = 10_000

/**
 * graphql's `subscribe`, with one difference: an event is executed once for all who subscribed with the
 * same document, variables and key, instead of once for each. With thousands of subscribers of
 * one export that is what keeps the last from waiting for the first.
 */
export async function subscribe(
  args: ExecutionArgs,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> {
  const validated = validateSubscriptionArgs(args)
  if (!('schema' in validated)) return { errors: validated }
  const events = await createSourceEventStream(validated)
  if (!(Symbol.asyncIterator in events)) return events
  return new SharedResults(events as AsyncGenerator<object, void>, validated, whatIsAsked(args))
}

/** No async function*: that would be three promises more for each subscriber of each event. */
class SharedResults implements AsyncGenerator<ExecutionResult, void> {
  readonly #events: AsyncGenerator<object, void>
  readonly #args: ValidatedSubscriptionArgs
  readonly #asked: string

  constructor(events: AsyncGenerator<object, void>, args: ValidatedSubscriptionArgs, asked: string) {
    this.#events = events
    this.#args = args
    this.#asked = asked
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    const event = await this.#events.next()
    return event.done ? event : { done: false, value: await this.#resultOf(event.value) }
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    await this.#events.return()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>> {
    await this.#events.return()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#events.return()
  }

  #resultOf(event: object): Result {
    const context = this.#args.contextValue as Context
    const nowMs = context.services.now().getTime()
    const results = sharedOf.get(event) ?? new Map<string, Shared>()
    sharedOf.set(event, results)
    const shared = results.get(this.#asked)
    if (shared && nowMs - shared.madeAtMs < sharedForMs) return shared.result
    const contextValue = withFreshLoaders(context)
    const result = executeSubscriptionEvent({ ...this.#args, rootValue: event, contextValue })
    results.set(this.#asked, { result, madeAtMs: nowMs })
    return result
  }
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
