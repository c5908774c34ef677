import { defineDataset } from '../define-dataset.ts'
import { createdAt, tenant, updatedAt } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  hienergy: { reports: { deals_excel: { displayName: 'Deals' } } },
}

export const affiliateDeals = defineDataset({
  name: 'affiliate_deals',
  label: words('Affiliate deals', 'Affiliate-Angebote', 'Ofertas de afiliados', "Offres d'affiliation"),
  description: 'Coupons and offers of advertisers.',
  source: { table: { schema: 'crm', name: 'affiliate_deals' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'bigint', label: words('Deal ID', 'Angebots-ID', 'ID de la oferta', "ID de l'offre") },
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
    title: { type: 'text', label: words('Title', 'Titel', 'Título', 'Titre') },
    description: { type: 'text', label: words('Description', 'Beschreibung', 'Descripción', 'Description') },
    type: {
      type: 'enum',
      label: words('Type', 'Typ', 'Tipo', 'Type'),
      options: choices(
        ['coupon', 'Coupon', 'Gutschein', 'Cupón', 'Coupon'],
        ['offer', 'Offer', 'Angebot', 'Oferta', 'Offre'],
        ['free_shipping', 'Free shipping', 'Versandkostenfrei', 'Envío gratis', 'Livraison gratuite'],
      ),
    },
    code: { type: 'text', label: words('Coupon code', 'Gutscheincode', 'Código de cupón', 'Code promo') },
    discount_percent: {
      type: 'decimal',
      label: words('Discount (%)', 'Rabatt (%)', 'Descuento (%)', 'Remise (%)'),
    },
    url: { type: 'text', label: words('URL', 'URL', 'URL', 'URL') },
    exclusive: { type: 'boolean', label: words('Exclusive', 'Exklusiv', 'Exclusiva', 'Exclusive') },
    starts_on: { type: 'date', label: words('Starts on', 'Beginnt am', 'Empieza el', 'Commence le') },
    ends_on: { type: 'date', label: words('Ends on', 'Endet am', 'Termina el', 'Se termine le') },
    created_at: createdAt,
    updated_at: updatedAt,
  },
  searchable: ['title', 'description', 'code'],
  relations: {
    advertiser: {
      kind: 'one',
      dataset: 'advertisers',
      label: words('Advertiser', 'Werbetreibender', 'Anunciante', 'Annonceur'),
      on: [['advertiser_id', 'id']],
    },
    clicks: {
      kind: 'many',
      dataset: 'clicks',
      label: words('Clicks', 'Klicks', 'Clics', 'Clics'),
      on: [
        ['advertiser_id', 'advertiser_id'],
        ['id', 'affiliate_deal_id'],
      ],
    },
  },
  dialects: { ...views },
})
