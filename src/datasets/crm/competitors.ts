import { defineDataset } from '../define-dataset.ts'
import { createdAt, related, tenant } from './common.ts'
import { words } from './words.ts'

export const competitors = defineDataset({
  name: 'competitors',
  label: words('Competitors', 'Wettbewerber', 'Competidores', 'Concurrents'),
  source: { table: { schema: 'crm', name: 'competitors' } },
  key: ['id'],
  tenant,
  columns: {
    id: {
      type: 'text',
      label: words('Competitor ID', 'Wettbewerber-ID', 'ID del competidor', 'ID du concurrent'),
    },
    name: { type: 'text', label: words('Name', 'Name', 'Nombre', 'Nom') },
    website: { type: 'text', label: words('Website', 'Website', 'Sitio web', 'Site web') },
    description: { type: 'text', label: words('Description', 'Beschreibung', 'Descripción', 'Description') },
    strengths: { type: 'text[]', label: words('Strengths', 'Stärken', 'Fortalezas', 'Forces') },
    weaknesses: { type: 'text[]', label: words('Weaknesses', 'Schwächen', 'Debilidades', 'Faiblesses') },
    created_at: createdAt,
  },
  searchable: ['name', 'description'],
  relations: {
    deals: {
      kind: 'many',
      dataset: 'deals',
      label: related.deals,
      on: [['id', 'competitor_id']],
      through: {
        table: { schema: 'crm', name: 'deal_competitors' },
        on: [['deal_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
  },
})
