import { defineDataset } from '../define-dataset.ts'
import { tenant } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  hienergy: { reports: { clicks_details_excel: { displayName: 'Click details' } } },
}

export const clicks = defineDataset({
  name: 'clicks',
  label: words('Clicks', 'Klicks', 'Clics', 'Clics'),
  source: { table: { schema: 'crm', name: 'clicks' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'bigint', label: words('Click ID', 'Klick-ID', 'ID del clic', 'ID du clic') },
    advertiser_id: {
      type: 'bigint',
      label: words('Advertiser ID', 'Werbetreibenden-ID', 'ID del anunciante', "ID de l'annonceur"),
    },
    advertiser_name: {
      type: 'text',
      label: words('Advertiser', 'Werbetreibender', 'Anunciante', 'Annonceur'),
      expr: `(SELECT a.name FROM crm.advertisers a
        WHERE a.organization_id = t.organization_id AND a.id = t.advertiser_id)`,
    },
    affiliate_deal_id: {
      type: 'bigint',
      label: words('Deal ID', 'Angebots-ID', 'ID de la oferta', "ID de l'offre"),
    },
    clicked_at: { type: 'timestamptz', label: words('Time', 'Zeitpunkt', 'Momento', 'Date et heure') },
    sub_id: { type: 'text', label: words('Sub ID', 'Sub-ID', 'Sub ID', 'Sub ID') },
    country: { type: 'text', label: words('Country', 'Land', 'País', 'Pays') },
    device: {
      type: 'enum',
      label: words('Device', 'Gerät', 'Dispositivo', 'Appareil'),
      options: choices(
        ['desktop', 'Desktop', 'Desktop', 'Escritorio', 'Ordinateur'],
        ['mobile', 'Mobile', 'Mobil', 'Móvil', 'Mobile'],
        ['tablet', 'Tablet', 'Tablet', 'Tableta', 'Tablette'],
      ),
    },
    referrer: { type: 'text', label: words('Referrer', 'Referrer', 'Referente', 'Référent') },
    user_agent: {
      type: 'text',
      label: words('User agent', 'User-Agent', 'Agente de usuario', 'Agent utilisateur'),
    },
    ip_address: {
      type: 'text',
      label: words('IP address', 'IP-Adresse', 'Dirección IP', 'Adresse IP'),
      pii: true,
    },
    visitor_hash: {
      type: 'bytes',
      label: words('Visitor hash', 'Besucher-Hash', 'Hash del visitante', 'Empreinte du visiteur'),
      hidden: true,
    },
    commission: { type: 'decimal', label: words('Commission', 'Provision', 'Comisión', 'Commission') },
    conversion_rate: {
      type: 'float',
      label: words('Conversion rate', 'Konversionsrate', 'Tasa de conversión', 'Taux de conversion'),
    },
  },
  searchable: ['sub_id', 'referrer'],
  relations: {
    advertiser: {
      kind: 'one',
      dataset: 'advertisers',
      label: words('Advertiser', 'Werbetreibender', 'Anunciante', 'Annonceur'),
      on: [['advertiser_id', 'id']],
    },
    affiliate_deal: {
      kind: 'one',
      dataset: 'affiliate_deals',
      label: words('Affiliate deal', 'Affiliate-Angebot', 'Oferta de afiliado', "Offre d'affiliation"),
      on: [['affiliate_deal_id', 'id']],
    },
  },
  dialects: { ...views },
})
