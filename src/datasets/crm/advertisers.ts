import { defineDataset } from '../define-dataset.ts'
import { createdAt, tenant, updatedAt } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  hienergy: {
    reports: {
      advertisers_csv: { displayName: 'Advertisers' },
      hot_advertisers_excel: {
        displayName: 'Hot advertisers',
        filter: { field: { column: 'clicks_last_30_days', operator: 'gt', value: 0 } },
        sort: [{ column: 'clicks_last_30_days', direction: 'desc', nulls: 'last' }],
      },
    },
  },
}

export const advertisers = defineDataset({
  name: 'advertisers',
  label: words('Advertisers', 'Werbetreibende', 'Anunciantes', 'Annonceurs'),
  source: { table: { schema: 'crm', name: 'advertisers' } },
  key: ['id'],
  tenant,
  columns: {
    id: {
      type: 'bigint',
      label: words('Advertiser ID', 'Werbetreibenden-ID', 'ID del anunciante', "ID de l'annonceur"),
    },
    name: { type: 'text', label: words('Name', 'Name', 'Nombre', 'Nom') },
    domain: { type: 'text', label: words('Domain', 'Domain', 'Dominio', 'Domaine') },
    network: { type: 'text', label: words('Network', 'Netzwerk', 'Red', 'Réseau') },
    status: {
      type: 'enum',
      label: words('Status', 'Status', 'Estado', 'Statut'),
      options: choices(
        ['active', 'Active', 'Aktiv', 'Activo', 'Actif'],
        ['pending', 'Pending', 'Ausstehend', 'Pendiente', 'En attente'],
        ['paused', 'Paused', 'Pausiert', 'Pausado', 'En pause'],
      ),
    },
    country: { type: 'text', label: words('Country', 'Land', 'País', 'Pays') },
    categories: { type: 'text[]', label: words('Categories', 'Kategorien', 'Categorías', 'Catégories') },
    commission_percent: {
      type: 'decimal',
      label: words('Commission (%)', 'Provision (%)', 'Comisión (%)', 'Commission (%)'),
    },
    cookie_days: {
      type: 'integer',
      label: words(
        'Cookie lifetime (days)',
        'Cookie-Laufzeit (Tage)',
        'Duración de la cookie (días)',
        'Durée du cookie (jours)',
      ),
    },
    contact_email: {
      type: 'text',
      label: words('Contact email', 'Kontakt-E-Mail', 'Correo de contacto', 'E-mail de contact'),
      pii: true,
    },
    joined_on: { type: 'date', label: words('Joined on', 'Dabei seit', 'Alta', 'Inscrit le') },
    // The 30 days before today, and today so far. The index on (advertiser, time) answers it.
    clicks_last_30_days: {
      type: 'bigint',
      label: words('Clicks in 30 days', 'Klicks in 30 Tagen', 'Clics en 30 días', 'Clics en 30 jours'),
      expr: `(SELECT count(*) FROM crm.clicks c WHERE c.organization_id = t.organization_id
        AND c.advertiser_id = t.id AND c.clicked_at >= :today - 30)`,
    },
    last_clicked_at: {
      type: 'timestamptz',
      label: words('Last click', 'Letzter Klick', 'Último clic', 'Dernier clic'),
      expr: `(SELECT max(c.clicked_at) FROM crm.clicks c
        WHERE c.organization_id = t.organization_id AND c.advertiser_id = t.id)`,
    },
    created_at: createdAt,
    updated_at: updatedAt,
  },
  searchable: ['name', 'domain', 'network'],
  relations: {
    affiliate_deals: {
      kind: 'many',
      dataset: 'affiliate_deals',
      label: words('Affiliate deals', 'Affiliate-Angebote', 'Ofertas de afiliados', "Offres d'affiliation"),
      on: [['id', 'advertiser_id']],
    },
    clicks: {
      kind: 'many',
      dataset: 'clicks',
      label: words('Clicks', 'Klicks', 'Clics', 'Clics'),
      on: [['id', 'advertiser_id']],
    },
  },
  dialects: { ...views },
})
