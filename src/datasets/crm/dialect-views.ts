import type { Filter } from '../../core/filter.ts'
import type { SortKey } from '../../core/spec.ts'

/**
 * How dialects see a dataset: the vendor's words on the left, ours on the right. A dialect looks a
 * word up here and knows no dataset by itself. A word that is not here is not known to the vendor,
 * except dynamic columns, which are the prefix and the vendor's own id.
 */
export interface DialectViews {
  readonly hindsight?: HindsightView
  readonly hubspot?: HubSpotView
  readonly close?: CloseView
  readonly hienergy?: HiEnergyView
  readonly dealmachine?: DealMachineView
}

type Names = Readonly<Record<string, string>>

export interface HindsightView {
  /** Column ids of the page, in its order: they are the names of our columns. */
  readonly columns: readonly string[]
  /** Names that the page's examples use besides; the file keeps the name the caller used. */
  readonly aliases: Names
  /** Filter → column. Newer names of the same filters are entries of their own. */
  readonly filters: Names
  /** `salesforce_filters`: property → column. Others: `accountPrefix` or `propertyPrefix` and the property's name. */
  readonly salesforce: CrmProperties
  /** `hubspot_filters`, likewise. */
  readonly hubspot: CrmProperties
}

export interface CrmProperties {
  readonly properties: Names
  /** For `Account.<property>`, after snake_case. */
  readonly accountPrefix: string
  /** For `<property>`, after snake_case. */
  readonly propertyPrefix: string
}

export interface HubSpotView {
  /** As requests name it: `CONTACT`. */
  readonly objectType: string
  /** `0-1`; for custom objects `2-*`: the id is the value of `objectTypeColumn`. */
  readonly objectTypeId: string
  readonly plural: string
  /** The column that tells the object types of one dataset apart. */
  readonly objectTypeColumn?: string
  /** Internal property name → column. */
  readonly properties: Names
  /** A property that is not above is this prefix and its name, when the organization has it. */
  readonly customProperties: string
  /** The column that stands for a record where it is only mentioned. */
  readonly primaryDisplay: string
  /** Associated object type → relation. */
  readonly associations: Names
  /** The relation to `lists`, whose `id` is the list id. */
  readonly lists: string
}

export interface CloseView {
  readonly objectType: 'lead' | 'contact' | 'opportunity' | 'activity'
  /** Field → column, in the order of a default export. */
  readonly fields: Names
  /** Smart field → column. */
  readonly smartFields?: Names
  /** A custom field `custom.cf_…` is this prefix and `cf_…`. */
  readonly customFields: string
  /** Related object type → relation, for `has_related` and nested JSON. */
  readonly related: Names
  /** Column that holds a user's id → column with that user's e-mail address, by which CURRENT_USER is known. */
  readonly users?: Names
}

export interface HiEnergyView {
  /** Report type → what it adds to the dataset by itself. */
  readonly reports: Readonly<
    Record<
      string,
      { readonly displayName: string; readonly filter?: Filter; readonly sort?: readonly SortKey[] }
    >
  >
}

export interface DealMachineView {
  readonly anchor: 'properties' | 'people'
  /** Field or filter id → column, where the two differ. */
  readonly fields: Names
  /** The relation to `lists`. */
  readonly lists: string
  /** The column of `lists` that tells what a list is of, and its value for these. */
  readonly listsOf: { readonly column: string; readonly value: string }
  /** The relation to the rows of the other anchor. */
  readonly otherAnchor: string
}
