import type { ColumnOption } from '../../core/dataset.ts'
import type { Labels } from '../../core/labels.ts'

/** A label in the four languages that the CRM datasets speak. */
export function words(en: string, de: string, es: string, fr: string): Labels {
  return { en, de, es, fr }
}

/** An enumeration from `[value, en, de, es, fr]`; the English word may be left out where it is the value. */
export function choices(
  ...rows: readonly (readonly [value: string, en?: string, de?: string, es?: string, fr?: string])[]
): readonly ColumnOption[] {
  return rows.map(([value, en = value, de = en, es = en, fr = en]) => ({ value, label: { en, de, es, fr } }))
}

export const industries = choices(
  ['Technology', 'Technology', 'Technologie', 'Tecnología', 'Technologie'],
  ['Healthcare', 'Healthcare', 'Gesundheitswesen', 'Sanidad', 'Santé'],
  ['Finance', 'Finance', 'Finanzen', 'Finanzas', 'Finance'],
  ['Manufacturing', 'Manufacturing', 'Industrie', 'Fabricación', 'Industrie'],
  ['Logistics', 'Logistics', 'Logistik', 'Logística', 'Logistique'],
  ['Retail', 'Retail', 'Handel', 'Comercio', 'Commerce'],
  ['Energy', 'Energy', 'Energie', 'Energía', 'Énergie'],
  ['Education', 'Education', 'Bildung', 'Educación', 'Éducation'],
)

export const regions = choices(
  ['North America', 'North America', 'Nordamerika', 'América del Norte', 'Amérique du Nord'],
  ['EMEA'],
  ['APAC'],
  ['LATAM', 'LATAM', 'Lateinamerika', 'América Latina', 'Amérique latine'],
)

export const lifecycleStages = choices(
  ['subscriber', 'Subscriber', 'Abonnent', 'Suscriptor', 'Abonné'],
  ['lead', 'Lead', 'Lead', 'Lead', 'Lead'],
  [
    'marketingqualifiedlead',
    'Marketing Qualified Lead',
    'Marketing-Qualified-Lead',
    'Lead cualificado para marketing',
    'Marketing Qualified Lead',
  ],
  [
    'salesqualifiedlead',
    'Sales Qualified Lead',
    'Sales-Qualified-Lead',
    'Lead cualificado para ventas',
    'Sales Qualified Lead',
  ],
  ['opportunity', 'Opportunity', 'Opportunity', 'Oportunidad', 'Opportunité'],
  ['customer', 'Customer', 'Kunde', 'Cliente', 'Client'],
  ['evangelist', 'Evangelist', 'Fürsprecher', 'Evangelizador', 'Ambassadeur'],
)
