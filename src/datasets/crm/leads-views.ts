import type { DialectViews } from './dialect-views.ts'

/** `contacts`, a field of Close's leads too, is the relation of that name. */
export const leadViews: DialectViews = {
  close: {
    objectType: 'lead',
    fields: {
      id: 'id',
      display_name: 'display_name',
      name: 'name',
      description: 'description',
      status_id: 'status_id',
      status_label: 'status_label',
      url: 'url',
      addresses: 'addresses',
      custom: 'custom',
      date_created: 'created_at',
      date_updated: 'updated_at',
      created_by: 'created_by',
      created_by_name: 'created_by_name',
      updated_by: 'updated_by',
      updated_by_name: 'updated_by_name',
    },
    smartFields: {
      num_contacts: 'num_contacts',
      num_emails: 'num_emails',
      num_calls: 'num_calls',
      num_notes: 'num_notes',
      num_activities: 'num_activities',
      num_opportunities: 'num_opportunities',
      num_won_opportunities: 'num_won_opportunities',
      last_activity_date: 'last_activity_date',
      last_email_date: 'last_email_date',
      last_call_date: 'last_call_date',
      primary_opportunity_value: 'primary_opportunity_value',
      active_opportunity_value: 'active_opportunity_value',
    },
    customFields: 'custom_',
    related: { contact: 'contacts', opportunity: 'opportunities', activity: 'activities' },
    users: { created_by: 'created_by_email', updated_by: 'updated_by_email' },
  },
}
