import { prefixedId } from '../../../src/api/rest/public-id.ts'

/** What the contract has to know of a vendor: how to send a key, one request that works, and how an export is named. */
export interface Vendor {
  authorize(key: string): Readonly<Record<string, string>>
  readonly create: { readonly path: string; readonly body: object; readonly status: number }
  // biome-ignore lint/suspicious/noExplicitAny: each vendor's own answer
  idOf(created: any): string
  publicId(row: { readonly id: string; readonly number: number }): string
  /** Where one export is looked at. */
  show(id: string): string
  /** What its status says of an export that is done. */
  readonly done: RegExp
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })
const hindsightId = prefixedId('exp_')
const closeId = prefixedId('expo_')

/** How many rows the last HiEnergy request asked for. Each asks for one more: equal requests are one export. */
export const hienergy = { rows: 1_000 }

/** By the names of the dialects. */
export const vendors: Readonly<Record<string, Vendor>> = {
  hindsight: {
    authorize: bearer,
    create: { path: '/api/v1/deals/export', body: { columns: ['name', 'amount'] }, status: 200 },
    idOf: (created) => created.export_id,
    publicId: ({ id }) => hindsightId.encode(id),
    show: (id) => `/api/v1/deals/export/${id}`,
    done: /"status":"completed"/,
  },
  hubspot: {
    authorize: bearer,
    create: {
      path: '/crm/v3/exports/export/async',
      body: { objectType: 'DEAL', objectProperties: ['dealname', 'amount'] },
      status: 202,
    },
    idOf: (created) => created.id,
    publicId: ({ number }) => String(number),
    show: (id) => `/crm/v3/exports/export/async/tasks/${id}/status`,
    done: /"status":"COMPLETE"/,
  },
  close: {
    authorize: (key) => ({ Authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }),
    create: { path: '/api/v1/export/lead/', body: { type: 'leads', format: 'csv' }, status: 200 },
    idOf: (created) => created.id,
    publicId: ({ id }) => closeId.encode(id),
    show: (id) => `/api/v1/export/${id}/`,
    done: /"status":"done"/,
  },
  hienergy: {
    authorize: (key) => ({ 'X-Api-Key': key }),
    create: {
      path: '/api/v1/exports',
      get body() {
        hienergy.rows += 1
        return { report_type: 'advertisers_csv', index_params: { limit: hienergy.rows } }
      },
      status: 202,
    },
    idOf: (created) => String(created.export.id),
    publicId: ({ number }) => String(number),
    show: (id) => `/api/v1/exports/${id}`,
    done: /"status":"completed"/,
  },
  dealmachine: {
    authorize: bearer,
    // Where nobody is let wait, as these tests have it: 202.
    create: { path: '/v1/properties/export', body: {}, status: 202 },
    idOf: (created) => created.data.export_id,
    publicId: ({ id }) => id,
    show: (id) => `/v1/exports/${id}`,
    done: /"status":"completed"/,
  },
}
