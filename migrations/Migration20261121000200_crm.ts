import { Migration } from '@mikro-orm/migrations'

/**
 * The tables behind the built-in CRM datasets. Rows come from other systems, in any order and
 * perhaps in part: nothing references anything, a partner that is missing just does not join.
 * Ids are compared byte by byte, and so is every keyset that parts of an export are cut by.
 */
const tables = `
create table crm.users (
  organization_id text not null,
  id text collate "C" not null,
  name text not null,
  email text,
  primary key (organization_id, id)
);

create table crm.deals (
  organization_id text not null,
  id text collate "C" not null,
  name text,
  owner_id text collate "C",
  company_id text collate "C",
  amount numeric,
  proposal_due date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deal_analyzed boolean not null default false,
  analysis_verified boolean not null default false,
  deal_status text,
  previous_status text,
  pipeline text not null default 'default',
  type text,
  region text,
  industry text,
  all_competitors text[],
  competitor_ids text[] collate "C",
  product_ids text[] collate "C",
  collaborator_ids text[] collate "C",
  drivers text[],
  features text[],
  summary text,
  scorecard jsonb,
  properties jsonb,
  metrics jsonb,
  answers jsonb,
  primary key (organization_id, id)
);
create index deals_company on crm.deals (organization_id, company_id);

create table crm.companies (
  organization_id text not null,
  id text collate "C" not null,
  name text,
  domain text,
  industry text,
  description text,
  phone text,
  address text,
  zip text,
  city text,
  state text,
  country text,
  region text,
  employees integer,
  annual_revenue numeric,
  founded_on date,
  lifecycle_stage text,
  owner_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  properties jsonb,
  hubspot_account jsonb,
  salesforce_account jsonb,
  primary key (organization_id, id)
);

create table crm.contacts (
  organization_id text not null,
  id text collate "C" not null,
  company_id text collate "C",
  lead_id text collate "C",
  first_name text,
  last_name text,
  email text,
  phone text,
  mobile_phone text,
  job_title text,
  zip text,
  city text,
  country text,
  language text,
  lifecycle_stage text,
  lead_status text,
  email_opt_out boolean,
  preferred_call_time time,
  owner_id text collate "C",
  emails jsonb,
  phones jsonb,
  urls jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text collate "C",
  updated_by text collate "C",
  properties jsonb,
  primary key (organization_id, id)
);
create index contacts_company on crm.contacts (organization_id, company_id);
create index contacts_lead on crm.contacts (organization_id, lead_id);
create index contacts_email on crm.contacts (organization_id, email);

create table crm.tickets (
  organization_id text not null,
  id text collate "C" not null,
  subject text,
  content text,
  pipeline text not null default '0',
  stage text,
  priority text,
  category text,
  source text,
  owner_id text collate "C",
  first_response_time interval,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  closed_at timestamptz,
  properties jsonb,
  primary key (organization_id, id)
);

create table crm.object_types (
  organization_id text not null,
  id text collate "C" not null,
  name text not null,
  label jsonb not null,
  primary key (organization_id, id)
);

create table crm.custom_objects (
  organization_id text not null,
  id text collate "C" not null,
  object_type_id text collate "C" not null,
  name text,
  owner_id text collate "C",
  created_at timestamptz not null,
  updated_at timestamptz not null,
  properties jsonb,
  primary key (organization_id, id)
);
create index custom_objects_type on crm.custom_objects (organization_id, object_type_id);

create table crm.leads (
  organization_id text not null,
  id text collate "C" not null,
  name text,
  description text,
  status_id text collate "C",
  url text,
  addresses jsonb,
  custom jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text collate "C",
  updated_by text collate "C",
  primary key (organization_id, id)
);

create table crm.opportunities (
  organization_id text not null,
  id text collate "C" not null,
  lead_id text collate "C",
  contact_id text collate "C",
  status_id text collate "C",
  user_id text collate "C",
  value_cents bigint,
  value_period text,
  confidence integer,
  note text,
  date_won date,
  custom jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  created_by text collate "C",
  updated_by text collate "C",
  primary key (organization_id, id)
);
create index opportunities_lead on crm.opportunities (organization_id, lead_id);
create index opportunities_contact on crm.opportunities (organization_id, contact_id);

create table crm.statuses (
  organization_id text not null,
  object text not null,
  id text collate "C" not null,
  label text not null,
  type text,
  primary key (organization_id, object, id)
);

create table crm.activities (
  organization_id text not null,
  id text collate "C" not null,
  type text not null,
  lead_id text collate "C",
  contact_id text collate "C",
  user_id text collate "C",
  direction text,
  status text,
  subject text,
  body text,
  sender text,
  recipients text[],
  duration_seconds integer,
  occurred_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);
create index activities_lead on crm.activities (organization_id, lead_id, type, occurred_at);
create index activities_contact on crm.activities (organization_id, contact_id);

create table crm.products (
  organization_id text not null,
  id text collate "C" not null,
  name text,
  sku text,
  category text,
  description text,
  price numeric,
  active boolean not null default true,
  created_at timestamptz not null,
  primary key (organization_id, id)
);

create table crm.competitors (
  organization_id text not null,
  id text collate "C" not null,
  name text,
  website text,
  description text,
  strengths text[],
  weaknesses text[],
  created_at timestamptz not null,
  primary key (organization_id, id)
);

create table crm.advertisers (
  organization_id text not null,
  id bigint not null,
  name text,
  domain text,
  network text,
  status text,
  country text,
  categories text[],
  commission_percent numeric,
  cookie_days integer,
  contact_email text,
  joined_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);

create table crm.affiliate_deals (
  organization_id text not null,
  id bigint not null,
  advertiser_id bigint,
  title text,
  description text,
  type text,
  code text,
  discount_percent numeric,
  url text,
  exclusive boolean not null default false,
  starts_on date,
  ends_on date,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);
create index affiliate_deals_advertiser on crm.affiliate_deals (organization_id, advertiser_id);

create table crm.clicks (
  organization_id text not null,
  id bigint not null,
  advertiser_id bigint,
  affiliate_deal_id bigint,
  clicked_at timestamptz not null,
  sub_id text,
  country text,
  device text,
  referrer text,
  user_agent text,
  ip_address text,
  visitor_hash bytea,
  commission numeric,
  conversion_rate double precision,
  primary key (organization_id, id)
);
create index clicks_advertiser on crm.clicks (organization_id, advertiser_id, clicked_at);

create table crm.properties (
  organization_id text not null,
  id bigint not null,
  apn text,
  address text,
  city text,
  state text,
  zip text,
  county text,
  type text,
  beds integer,
  baths numeric,
  living_area_sqft integer,
  lot_acres numeric,
  year_built integer,
  estimated_value numeric,
  mortgage_balance numeric,
  last_sale_on date,
  last_sale_price numeric,
  owner_occupied boolean,
  vacant boolean,
  latitude double precision,
  longitude double precision,
  listed_at timestamp,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);

create table crm.people (
  organization_id text not null,
  id uuid not null,
  first_name text,
  last_name text,
  birth_date date,
  emails text[],
  phones text[],
  mailing_address text,
  mailing_city text,
  mailing_state text,
  mailing_zip text,
  do_not_call boolean not null default false,
  best_call_time time,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (organization_id, id)
);

create table crm.property_people (
  organization_id text not null,
  property_id bigint not null,
  person_id uuid not null,
  role text not null default 'owner',
  primary key (organization_id, property_id, person_id)
);
create index property_people_person on crm.property_people (organization_id, person_id);

create table crm.lists (
  organization_id text not null,
  id bigint not null,
  dataset text not null,
  name text not null,
  created_at timestamptz not null,
  primary key (organization_id, id)
);

-- One table of members per type of id, so that joins compare like with like.
create table crm.list_members (
  organization_id text not null,
  list_id bigint not null,
  dataset text not null,
  member_id text collate "C" not null,
  primary key (organization_id, list_id, dataset, member_id)
);
create index list_members_member on crm.list_members (organization_id, dataset, member_id);

create table crm.property_lists (
  organization_id text not null,
  list_id bigint not null,
  property_id bigint not null,
  primary key (organization_id, list_id, property_id)
);
create index property_lists_property on crm.property_lists (organization_id, property_id);

create table crm.person_lists (
  organization_id text not null,
  list_id bigint not null,
  person_id uuid not null,
  primary key (organization_id, list_id, person_id)
);
create index person_lists_person on crm.person_lists (organization_id, person_id);

-- Each pair once, from the dataset whose name comes first in the alphabet; read from either end.
create table crm.associations (
  organization_id text not null,
  from_dataset text not null,
  from_id text collate "C" not null,
  to_dataset text not null,
  to_id text collate "C" not null,
  primary key (organization_id, from_dataset, from_id, to_dataset, to_id)
);
create index associations_to on crm.associations (organization_id, to_dataset, to_id, from_dataset);

-- What one organization has of its own: the catalogs of dynamic columns. label is {"en": …, "de": …}.
create table crm.property_definitions (
  organization_id text not null,
  object text not null,
  name text not null,
  label jsonb not null,
  type text not null,
  options jsonb,
  primary key (organization_id, object, name)
);
create table crm.custom_metrics (
  organization_id text not null,
  id text not null,
  name text not null,
  primary key (organization_id, id)
);
create table crm.custom_questions (
  organization_id text not null,
  id text not null,
  question text not null,
  primary key (organization_id, id)
);

-- The lists of ids on a deal as link tables; the caller's row-level security holds inside.
create view crm.deal_competitors with (security_invoker = true) as
  select organization_id, id as deal_id, unnest(competitor_ids) as competitor_id from crm.deals;
create view crm.deal_products with (security_invoker = true) as
  select organization_id, id as deal_id, unnest(product_ids) as product_id from crm.deals;
`

export class Migration20261121000200_crm extends Migration {
  override name = 'Migration20261121000200_crm'

  override async up(): Promise<void> {
    this.addSql('create schema crm;')
    for (const statement of tables.split(/;\n/)) {
      if (statement.trim()) this.addSql(`${statement.trim()};`)
    }
  }

  override async down(): Promise<void> {
    this.addSql('drop schema crm cascade;')
  }
}
