import { z } from '@hono/zod-openapi'
import { NotFoundError, ValidationError } from '../../../../core/errors.ts'
import { countRows } from '../../../../lifecycle/count-rows.ts'
import { findExport } from '../../../../lifecycle/find-export.ts'
import { submitExport } from '../../../../lifecycle/submit-export.ts'
import { type Call, type Route, route } from '../../dialect.ts'
import { loadViewed } from '../../views.ts'
import { type CrmObject, findObject } from './objects.ts'
import { type ExportBody, exportBody, toRequest } from './request.ts'
import { detailsSchema, numberOf, startedSchema, statusSchema, toDetails, toStatus } from './response.ts'

export const routes: readonly Route[] = [
  route({
    method: 'post',
    path: '/crm/v3/exports/export/async',
    operationId: 'hubspot.startExport',
    summary: 'Start an export of CRM objects',
    description:
      'Answers at once; the file is made in the background. One runs at a time, others wait as `PENDING`.',
    body: exportBody,
    bodyExamples: {
      view: {
        exportType: 'VIEW',
        exportName: 'All contacts',
        format: 'xlsx',
        language: 'DE',
        objectType: 'CONTACT',
        exportInternalValuesOptions: ['NAMES', 'VALUES'],
        objectProperties: ['email', 'firstname', 'lastname'],
        associatedObjectType: 'COMPANY',
        publicCrmSearchRequest: {
          filters: [{ value: 'hello@test.com', propertyName: 'email', operator: 'EQ' }],
          query: 'hello',
          sorts: [{ propertyName: 'email', order: 'ASC' }],
        },
      },
      list: {
        exportType: 'LIST',
        listId: 1234567,
        exportName: 'Marketing email contacts',
        format: 'xlsx',
        language: 'EN',
        objectType: 'CONTACT',
        objectProperties: ['email'],
      },
    },
    responses: { 202: { description: 'The export was accepted.', schema: startedSchema } },
    async handle(call) {
      const { services, principal, body } = call
      const { viewed, customTypeId } = findObject(services, body.objectType, 'objectType')
      const object = { viewed: await loadViewed(call, viewed), customTypeId }
      const { request, origins } = toRequest(body, object, services)
      await checkCustomType(call, object)
      await checkList(call, body, object)
      const { export: row } = await origins.naming(request, () => submitExport(services, principal, request))
      return { status: 202, body: { id: String(row.number), links: {} } }
    },
  }),
  route({
    method: 'get',
    path: '/crm/v3/exports/export/async/tasks/{taskId}/status',
    operationId: 'hubspot.getStatus',
    summary: 'How an export stands',
    params: z.object({ taskId: z.string() }),
    responses: { 200: { description: 'The status; a link once it is COMPLETE.', schema: statusSchema } },
    async handle({ services, principal, params }) {
      const row = await findExport(services, principal, named(params.taskId))
      return { status: 200, body: await toStatus(services, row) }
    },
  }),
  route({
    method: 'get',
    path: '/crm/v3/exports/export/{exportId}',
    operationId: 'hubspot.getExport',
    summary: 'What an export holds',
    params: z.object({ exportId: z.string() }),
    responses: { 200: { description: 'The export.', schema: detailsSchema } },
    async handle({ services, principal, params }) {
      const row = await findExport(services, principal, named(params.exportId))
      return { status: 200, body: toDetails(services, row) }
    },
  }),
]

function named(id: string): { number: number } | null {
  const number = numberOf(id)
  return number === null ? null : { number }
}

/** A list that is not there would be an empty file, which looks like success. @throws NotFoundError */
async function checkList(
  { services, principal }: Pick<Call, 'services' | 'principal'>,
  { listId }: ExportBody,
  { viewed: { dataset, view } }: CrmObject,
): Promise<void> {
  const lists = dataset.relations?.[view.lists]?.dataset
  if (listId === undefined || lists === undefined) return
  const field = (column: string, value: string) => ({ field: { column, operator: 'eq', value } })
  const filter = { and: [field('id', String(listId)), field('dataset', dataset.name)] }
  if ((await countRows(services, principal, { door: 'hubspot', dataset: lists, filter })) > 0) return
  throw new NotFoundError(`There is no list ${listId} of ${view.plural}.`)
}

/** Neither can be told from a type that nobody has made: no record is of it. @throws ValidationError */
async function checkCustomType(
  { services, principal }: Pick<Call, 'services' | 'principal'>,
  { viewed: { dataset, view }, customTypeId }: CrmObject,
): Promise<void> {
  if (customTypeId === null || view.objectTypeColumn === undefined) return
  const filter = { field: { column: view.objectTypeColumn, operator: 'eq', value: customTypeId } }
  const request = { door: 'hubspot', dataset: dataset.name, filter, limit: 1 }
  if ((await countRows(services, principal, request)) > 0) return
  const message = `Unable to infer object type from: ${customTypeId}. No record is of this type.`
  throw new ValidationError([{ path: 'objectType', message }])
}
