import { type ExecutionResult, GraphQLError } from 'graphql'
import type { Plugin, YogaInitialContext } from 'graphql-yoga'
import { UnauthenticatedError } from '../../core/errors.ts'
import type { ApiServices, Context } from './context.ts'
import { maskError } from './errors.ts'

const retryAfterSeconds = 10

/**
 * Server-sent events are connections like WebSockets: they are counted as such, and end when their key
 * does. A WebSocket sees to that itself, for all of its operations.
 */
export function boundEventStreams({ connections, keyWatch }: ApiServices): Plugin<Context> {
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const { principal, isWebSocket, request } = args.contextValue as Context & YogaInitialContext
      if (isWebSocket || !principal) return
      const close = connections.open()
      const leave = close && connections.join(principal.organizationId)
      if (!close || !leave) {
        close?.()
        setResultAndStopExecution({ errors: [tooManyConnections()] } as never)
        return
      }
      const release = () => {
        close()
        leave()
      }
      return {
        onSubscribeError: release,
        onSubscribeResult({ result, setResult }) {
          if (!isStream(result)) return release()
          const stream = new KeyBoundStream(result, release)
          stream.forgetWhenDone(keyWatch.watch(principal, () => stream.endWithKey()))
          stream.endWith(request.signal)
          setResult(stream as never)
        },
      }
    },
  }
}

export function tooManyConnections(): GraphQLError {
  return new GraphQLError('Too many connections are open. Close one, or try again in a while.', {
    extensions: {
      code: 'TOO_MANY_CONNECTIONS',
      retryAfterSeconds,
      http: { status: 503, headers: { 'Retry-After': String(retryAfterSeconds) } },
    },
  })
}

function isStream(result: unknown): result is AsyncGenerator<ExecutionResult, void> {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result
}

/** A stream of results that says why and ends when its key has ended, though nothing came meanwhile. */
class KeyBoundStream implements AsyncGenerator<ExecutionResult, void> {
  readonly #results: AsyncGenerator<ExecutionResult, void>
  readonly #keyEnded = Promise.withResolvers<'key ended'>()
  readonly #release: () => void
  #forget: () => void = () => {}
  #isDone = false

  constructor(results: AsyncGenerator<ExecutionResult, void>, release: () => void) {
    this.#results = results
    this.#release = release
  }

  forgetWhenDone(forget: () => void): void {
    this.#forget = forget
  }

  /** Of the request. A client that hangs up before it was answered is one to whom yoga hands no stream. */
  endWith(hungUp: AbortSignal): void {
    const end = () => void this.return()
    if (hungUp.aborted) end()
    else hungUp.addEventListener('abort', end, { once: true })
  }

  endWithKey(): void {
    this.#keyEnded.resolve('key ended')
  }

  async next(): Promise<IteratorResult<ExecutionResult, void>> {
    if (this.#isDone) return { done: true, value: undefined }
    try {
      const first = await Promise.race([this.#results.next(), this.#keyEnded.promise])
      if (first === 'key ended') {
        void this.return()
        const ended = new UnauthenticatedError('This API key has expired or was revoked.')
        return { done: false, value: { errors: [maskError(ended, '') as GraphQLError] } }
      }
      if (first.done) this.#end()
      return first
    } catch (error) {
      this.#end()
      throw error
    }
  }

  async return(): Promise<IteratorResult<ExecutionResult, void>> {
    this.#end()
    await this.#results.return()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<ExecutionResult, void>> {
    this.#end()
    return await this.#results.throw(error)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #end(): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#forget()
    this.#release()
  }
}
