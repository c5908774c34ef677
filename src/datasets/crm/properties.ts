import { defineDataset } from '../define-dataset.ts'
import { createdAt, tenant, updatedAt } from './common.ts'
import type { DialectViews } from './dialect-views.ts'
import { choices, words } from './words.ts'

const views: DialectViews = {
  dealmachine: {
    anchor: 'properties',
    fields: {
      property_id: 'id',
      property_address: 'address',
      property_city: 'city',
      property_state: 'state',
      property_zip: 'zip',
      property_type: 'type',
      num_bedrooms: 'beds',
      num_bathrooms: 'baths',
      sqft: 'living_area_sqft',
      equity_percent: 'equity_percent',
    },
    lists: 'lists',
    listsOf: { column: 'dataset', value: 'properties' },
    otherAnchor: 'people',
  },
}

export const properties = defineDataset({
  name: 'properties',
  label: words('Properties', 'Immobilien', 'Propiedades', 'Biens'),
  description: 'Real estate.',
  source: { table: { schema: 'crm', name: 'properties' } },
  key: ['id'],
  recordsDelivered: true,
  tenant,
  columns: {
    id: { type: 'bigint', label: words('Property ID', 'Immobilien-ID', 'ID de la propiedad', 'ID du bien') },
    apn: {
      type: 'text',
      label: words('Parcel number', 'Flurstücksnummer', 'Número de parcela', 'Numéro de parcelle'),
    },
    address: { type: 'text', label: words('Address', 'Adresse', 'Dirección', 'Adresse') },
    city: { type: 'text', label: words('City', 'Stadt', 'Ciudad', 'Ville') },
    state: { type: 'text', label: words('State', 'Bundesstaat', 'Estado', 'État') },
    zip: { type: 'text', label: words('ZIP code', 'Postleitzahl', 'Código postal', 'Code postal') },
    county: { type: 'text', label: words('County', 'Landkreis', 'Condado', 'Comté') },
    type: {
      type: 'enum',
      label: words('Property type', 'Immobilientyp', 'Tipo de propiedad', 'Type de bien'),
      options: choices(
        ['single_family', 'Single family', 'Einfamilienhaus', 'Unifamiliar', 'Maison individuelle'],
        ['multi_family', 'Multi family', 'Mehrfamilienhaus', 'Multifamiliar', 'Immeuble'],
        ['condo', 'Condo', 'Eigentumswohnung', 'Condominio', 'Copropriété'],
        ['land', 'Land', 'Grundstück', 'Terreno', 'Terrain'],
      ),
    },
    beds: { type: 'integer', label: words('Bedrooms', 'Schlafzimmer', 'Dormitorios', 'Chambres') },
    baths: { type: 'decimal', label: words('Bathrooms', 'Badezimmer', 'Baños', 'Salles de bain') },
    living_area_sqft: {
      type: 'integer',
      label: words('Living area (sq ft)', 'Wohnfläche (sq ft)', 'Superficie (pies²)', 'Surface (pi²)'),
    },
    lot_acres: {
      type: 'decimal',
      label: words('Lot (acres)', 'Grundstück (acres)', 'Parcela (acres)', 'Terrain (acres)'),
    },
    year_built: {
      type: 'integer',
      label: words('Year built', 'Baujahr', 'Año de construcción', 'Année de construction'),
    },
    estimated_value: {
      type: 'decimal',
      label: words('Estimated value', 'Geschätzter Wert', 'Valor estimado', 'Valeur estimée'),
    },
    mortgage_balance: {
      type: 'decimal',
      label: words('Mortgage balance', 'Restschuld', 'Saldo hipotecario', 'Solde hypothécaire'),
    },
    equity_percent: {
      type: 'float',
      label: words('Equity (%)', 'Eigenkapital (%)', 'Capital propio (%)', 'Fonds propres (%)'),
      expr: `(CASE WHEN t.estimated_value > 0
        THEN round(100 * (t.estimated_value - coalesce(t.mortgage_balance, 0)) / t.estimated_value, 1) END)::double precision`,
    },
    last_sale_on: {
      type: 'date',
      label: words('Last sale', 'Letzter Verkauf', 'Última venta', 'Dernière vente'),
    },
    last_sale_price: {
      type: 'decimal',
      label: words(
        'Last sale price',
        'Letzter Verkaufspreis',
        'Precio de última venta',
        'Prix de la dernière vente',
      ),
    },
    owner_occupied: {
      type: 'boolean',
      label: words('Owner occupied', 'Eigengenutzt', 'Ocupada por el dueño', 'Occupé par le propriétaire'),
    },
    vacant: { type: 'boolean', label: words('Vacant', 'Leerstehend', 'Vacía', 'Vacant') },
    latitude: { type: 'float', label: words('Latitude', 'Breitengrad', 'Latitud', 'Latitude') },
    longitude: { type: 'float', label: words('Longitude', 'Längengrad', 'Longitud', 'Longitude') },
    // Local time of the place: a listing says no zone.
    listed_at: {
      type: 'timestamp',
      label: words('Listed at', 'Inseriert am', 'Publicada el', 'Mis en vente le'),
    },
    list_ids: {
      type: 'bigint[]',
      label: words('List IDs', 'Listen-IDs', 'ID de listas', 'ID des listes'),
      hidden: true,
      expr: `ARRAY(SELECT m.list_id FROM crm.property_lists m
        WHERE m.organization_id = t.organization_id AND m.property_id = t.id ORDER BY m.list_id)`,
    },
    created_at: createdAt,
    updated_at: updatedAt,
  },
  searchable: ['address', 'city', 'zip', 'apn'],
  relations: {
    people: {
      kind: 'many',
      dataset: 'people',
      label: words('People', 'Personen', 'Personas', 'Personnes'),
      on: [['id', 'property_id']],
      through: {
        table: { schema: 'crm', name: 'property_people' },
        on: [['person_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
    lists: {
      kind: 'many',
      dataset: 'lists',
      label: words('Lists', 'Listen', 'Listas', 'Listes'),
      on: [['id', 'property_id']],
      through: {
        table: { schema: 'crm', name: 'property_lists' },
        on: [['list_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
  },
  dialects: { ...views },
})
