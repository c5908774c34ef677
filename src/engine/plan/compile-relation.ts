import type { Relation } from '../../core/dataset.ts'
import type { Filter, RelationCondition } from '../../core/filter.ts'
import { quoteName } from '../../core/unknown-name.ts'
import { ColumnDroppedError } from './column-dropped-error.ts'
import type { FilterScope } from './compile-filter.ts'
import { relatedRowsSql } from './related-rows.ts'

/** How the related row's own filter becomes SQL. */
export interface FilterCompiler {
  compile(filter: Filter, scope: FilterScope): string
  negate(filter: Filter, scope: FilterScope): string
}

/**
 * That related rows exist, or do not:
 *
 *     EXISTS (SELECT 1 FROM (SELECT t.* FROM contacts AS t WHERE t.org = … AND <where>) AS related
 *             WHERE related.deal_id = t.id)
 *
 * The inner `t` is the related row, the `t` beside `related` the row around it. Neither scope sees the
 * other, so levels nest without names of their own, and since nothing but the last WHERE reaches out
 * Postgres can plan a (semi or anti) join.
 */
export function compileRelation(
  condition: RelationCondition,
  scope: FilterScope,
  compiler: FilterCompiler,
): string {
  const relations = scope.dataset.relations ?? {}
  const relation = Object.hasOwn(relations, condition.name) ? relations[condition.name] : undefined
  const dataset = relation && scope.findDataset(relation.dataset)
  if (!relation || !dataset) {
    throw new ColumnDroppedError(
      'filter',
      `The filter names the relation ${quoteName(condition.name)}, which the dataset no longer has`,
    )
  }
  const inner: FilterScope = { dataset, tenant: scope.tenant, findDataset: (name) => scope.findDataset(name) }
  const { where, quantifier } = condition
  switch (quantifier) {
    case 'some':
      return exists(relation, inner, where && compiler.compile(where, inner))
    case 'none':
      return `NOT ${exists(relation, inner, where && compiler.compile(where, inner))}`
    case 'every':
      return where ? `NOT ${exists(relation, inner, compiler.negate(where, inner))}` : 'TRUE'
    default:
      return quantifier satisfies never
  }
}

function exists(relation: Relation, { dataset, tenant }: FilterScope, where: string | null): string {
  return `EXISTS (SELECT 1 ${relatedRowsSql(relation, dataset, tenant, { where })})`
}
