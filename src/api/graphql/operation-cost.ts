import {
  type ExecutionArgs,
  type FieldNode,
  GraphQLError,
  getOperationAST,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql'
import { defaultPageSize } from './export-page.ts'

/** What one operation may cost: a page of 200 exports with every field of each costs about 40,000. */
export const maxOperationCost = 100_000

/** Lists have as many elements as one of these arguments says. */
const sizeArguments = ['first', 'last', 'ids', 'rows'] as const

/** Lists without such an argument, and how many elements they usually have; any other counts as one. */
const usualSizes: Readonly<Record<string, number>> = {
  exports: defaultPageSize,
  auditEvents: 50,
  datasets: 20,
  relations: 6,
  columns: 40,
  options: 8,
  files: 4,
  events: 10,
}

/** Fields that count rows rather than read one. */
const costs: Readonly<Record<string, number>> = { totalCount: 200, previewExport: 500, estimateExport: 500 }

type Variables = Readonly<Record<string, unknown>>

/**
 * Fields that the answer can have: each field once for every element of the lists it stands in. Known
 * before anything runs, since the sizes of lists are arguments.
 */
export function costOf({ document, operationName, variableValues }: ExecutionArgs): number {
  const operation = getOperationAST(document, operationName)
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === 'FragmentDefinition' ? [[definition.name.value, definition.selectionSet]] : [],
    ) as [string, SelectionSetNode][],
  )
  const variables: Variables = variableValues ?? {}
  // Validation has bounded depth and fields, and found no circle of fragments.
  const ofSet = (set: SelectionSetNode): number =>
    set.selections.reduce((sum, selection) => {
      switch (selection.kind) {
        case 'Field':
          return sum + ofField(selection)
        case 'InlineFragment':
          return sum + ofSet(selection.selectionSet)
        case 'FragmentSpread': {
          const fragment = fragments.get(selection.name.value)
          return sum + (fragment ? ofSet(fragment) : 0)
        }
        default:
          return selection satisfies never
      }
    }, 0)
  const ofField = (field: FieldNode): number =>
    (costs[field.name.value] ?? 1) +
    listSize(field, variables) * (field.selectionSet ? ofSet(field.selectionSet) : 0)
  return operation ? ofSet(operation.selectionSet) : 0
}

export function tooCostly(cost: number): GraphQLError {
  return new GraphQLError(
    `The operation is too large: its answer could have ${cost} fields, and may have ${maxOperationCost} at most. Ask for smaller pages, or for fewer fields.`,
    { extensions: { code: 'OPERATION_TOO_LARGE', cost, maxCost: maxOperationCost, http: { status: 400 } } },
  )
}

function listSize(field: FieldNode, variables: Variables): number {
  const sizes = (field.arguments ?? [])
    .filter(({ name }) => (sizeArguments as readonly string[]).includes(name.value))
    .map(({ value }) => sizeOf(value, variables))
    .filter((size) => size !== undefined)
  if (sizes.length > 0) return Math.max(...sizes)
  return usualSizes[field.name.value] ?? 1
}

function sizeOf(value: ValueNode, variables: Variables): number | undefined {
  switch (value.kind) {
    case 'Variable': {
      const given = variables[value.name.value]
      if (Array.isArray(given)) return given.length
      return typeof given === 'number' ? Math.max(given, 0) : undefined
    }
    case 'IntValue':
      return Math.max(Number(value.value), 0)
    case 'ListValue':
      return value.values.length
    default:
      return undefined
  }
}
