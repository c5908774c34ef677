import { defineDataset } from '../define-dataset.ts'
import { createdAt, related, tenant } from './common.ts'
import { choices, words } from './words.ts'

export const products = defineDataset({
  name: 'products',
  label: words('Products', 'Produkte', 'Productos', 'Produits'),
  source: { table: { schema: 'crm', name: 'products' } },
  key: ['id'],
  tenant,
  columns: {
    id: { type: 'text', label: words('Product ID', 'Produkt-ID', 'ID del producto', 'ID du produit') },
    name: { type: 'text', label: words('Name', 'Name', 'Nombre', 'Nom') },
    sku: { type: 'text', label: words('SKU', 'Artikelnummer', 'SKU', 'Référence') },
    category: {
      type: 'enum',
      label: words('Category', 'Kategorie', 'Categoría', 'Catégorie'),
      options: choices(
        ['license', 'License', 'Lizenz', 'Licencia', 'Licence'],
        ['add_on', 'Add-on', 'Zusatzmodul', 'Complemento', 'Module'],
        ['service', 'Service', 'Dienstleistung', 'Servicio', 'Service'],
      ),
    },
    description: { type: 'text', label: words('Description', 'Beschreibung', 'Descripción', 'Description') },
    price: { type: 'decimal', label: words('Unit price', 'Einzelpreis', 'Precio unitario', 'Prix unitaire') },
    active: { type: 'boolean', label: words('Active', 'Aktiv', 'Activo', 'Actif') },
    created_at: createdAt,
  },
  searchable: ['name', 'sku', 'description'],
  relations: {
    deals: {
      kind: 'many',
      dataset: 'deals',
      label: related.deals,
      on: [['id', 'product_id']],
      through: {
        table: { schema: 'crm', name: 'deal_products' },
        on: [['deal_id', 'id']],
        tenantColumn: 'organization_id',
      },
    },
  },
})
