import type { Dataset } from '../../../../core/dataset.ts'
import { ForbiddenError } from '../../../../core/errors.ts'
import type { DialectViews } from '../../../../datasets/crm/dialect-views.ts'
import { type FilterInput, fieldIs } from '../../filter-input.ts'

export type CloseView = NonNullable<DialectViews['close']>

/** One of Close's object types and the dataset that holds its rows. */
export interface CloseObject {
  /** `lead`, `contact`, `opportunity`, `activity`, or a kind of activity: `activity.email`. */
  readonly type: string
  readonly dataset: Dataset
  readonly view: CloseView
  /** What tells a kind of activity from the others. */
  readonly kind?: FilterInput
}

/** Close's object types as one organization has them. */
export class CloseObjects {
  readonly #byType: ReadonlyMap<string, CloseObject>

  constructor(datasets: readonly Dataset[]) {
    this.#byType = new Map(
      datasets.flatMap((dataset) => {
        const view = viewOf(dataset)
        return view ? objectsOf(dataset, view).map((object) => [object.type, object] as const) : []
      }),
    )
  }

  get types(): readonly string[] {
    return [...this.#byType.keys()]
  }

  find(type: string): CloseObject | undefined {
    return this.#byType.get(type)
  }

  /** @throws ForbiddenError when no dataset that the key may use is declared to be this */
  require(type: CloseView['objectType']): CloseObject {
    const object = this.#byType.get(type)
    if (object) return object
    throw new ForbiddenError(`This API key may not use the dataset that holds objects of type ${type}.`)
  }
}

export function viewOf(dataset: Dataset): CloseView | undefined {
  return (dataset.dialects as DialectViews | undefined)?.close
}

/** The object type, and one more for each kind that its `_type` tells apart. */
function objectsOf(dataset: Dataset, view: CloseView): CloseObject[] {
  const object = { type: view.objectType, dataset, view }
  const column = view.fields._type
  const kinds = column === undefined ? [] : (dataset.columns[column]?.options ?? [])
  return [
    object,
    ...kinds.map(({ value }) => ({
      ...object,
      type: `${object.type}.${value}`,
      kind: fieldIs(column ?? '', 'eq', value),
    })),
  ]
}

/** Whether rows of `object` are of that type: an email is an activity. */
export function isOfType(object: CloseObject, type: string): boolean {
  return object.type === type || object.type.startsWith(`${type}.`)
}
