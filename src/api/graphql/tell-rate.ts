import type { ExecutionResult } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import type { RateLimit } from '../../core/errors.ts'
import type { Caller } from '../caller.ts'
import type { Context } from './context.ts'

/**
 * Puts where the key stands into `extensions.rateLimit` of an answer, for those who see no headers: on a
 * WebSocket nobody does. Of a subscription the first answer has it, since what comes later costs nothing;
 * when that comes after the window's end, nothing does.
 */
export function tellRate(): Plugin<Context> {
  return {
    onExecute({ args }) {
      const rateLimit = rateOf(args)
      if (!rateLimit) return
      return {
        onExecuteDone({ result, setResult }) {
          if (!isStream(result)) setResult(withRate(result, rateLimit))
        },
      }
    },
    onSubscribe({ args }) {
      const rateLimit = rateOf(args)
      if (!rateLimit) return
      return {
        onSubscribeResult({ result, setResult }) {
          if (!isStream(result)) {
            setResult(withRate(result, rateLimit))
            return
          }
          const endsAt = performance.now() + rateLimit.resetSeconds * 1000
          let isFirst = true
          return {
            onNext({ result: answer, setResult: setAnswer }) {
              const isState = !isStream(answer) && answer.data !== undefined
              if (isFirst && isState && performance.now() < endsAt) setAnswer(withRate(answer, rateLimit))
              isFirst = false
            },
          }
        },
      }
    },
  }
}

function rateOf({ contextValue }: { contextValue?: unknown }): RateLimit | null {
  return (contextValue as { caller?: Caller }).caller?.rateLimit ?? null
}

function isStream(result: object): result is AsyncIterable<unknown> {
  return Symbol.asyncIterator in result
}

/** A copy: subscribers who asked the same share one answer. */
function withRate(answer: ExecutionResult, { limit, remaining, resetSeconds }: RateLimit): ExecutionResult {
  return { ...answer, extensions: { ...answer.extensions, rateLimit: { limit, remaining, resetSeconds } } }
}
