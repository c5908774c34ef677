import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { GraphQLError } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { variablesProblem } from './check-variables.ts'
import type { GraphqlSettings } from './context.ts'
import { costOf, maxOperationCost, tooCostly } from './operation-cost.ts'
import { operationRules, parseOperation } from './operation-limits.ts'
import { subscribe } from './subscribe.ts'

/**
 * Bounds on every operation, whatever it came by. A WebSocket has parsed and validated when it gets here,
 * by the same rules; cost and time are seen to here for both.
 */
export function limitOperations({ operationTimeoutSeconds, introspection }: GraphqlSettings): Plugin {
  const timeoutMs = operationTimeoutSeconds * 1000
  const rules = operationRules({ introspection })
  return {
    onParams({ params }) {
      const problem = variablesProblem(params.variables)
      if (problem) throw problem
    },
    onParse({ setParseFn }) {
      setParseFn(parseOperation)
    },
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule)
    },
    onExecute({ args, executeFn, setExecuteFn, setResultAndStopExecution }) {
      const cost = costOf(args as ExecutionArgs)
      if (cost > maxOperationCost) setResultAndStopExecution({ errors: [tooCostly(cost)] })
      else setExecuteFn((executed) => within(timeoutMs, executeFn(executed)))
    },
    onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const cost = costOf(args as ExecutionArgs)
      if (cost > maxOperationCost) setResultAndStopExecution({ errors: [tooCostly(cost)] } as never)
      else setSubscribeFn(subscribe as never)
    },
    onResultProcess({ result }) {
      // yoga takes what fails before it runs for a mistake in the document, which is 200 to those who accept
      // application/json. @see GraphQL over HTTP, "Status Codes"
      const { errors = [] } = result as ExecutionResult
      for (const { extensions } of errors) {
        if (extensions.code === 'OPERATION_TOO_LARGE') extensions.http = { status: 400, spec: false }
      }
    },
  }
}

/** The statements that are still running end by themselves: the API's connections have the same timeout. */
async function within(timeoutMs: number, result: unknown): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve({ data: null, errors: [timedOut(timeoutMs)] }), timeoutMs)
  })
  try {
    return await Promise.race([result, late])
  } finally {
    clearTimeout(timer)
  }
}

function timedOut(timeoutMs: number): GraphQLError {
  return new GraphQLError(
    `The operation took longer than ${timeoutMs / 1000} seconds and was given up. Ask for less; send a mutation again with its idempotencyKey.`,
    { extensions: { code: 'OPERATION_TIMED_OUT', http: { status: 504 } } },
  )
}
