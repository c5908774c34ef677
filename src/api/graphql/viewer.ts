import { type LimitPool, poolOf } from '../../core/limits.ts'
import type { Scope } from '../../core/scope.ts'
import type { Authenticated } from '../../lifecycle/authenticate.ts'
import { type PoolUsage, planUsage } from '../../lifecycle/plan-usage.ts'
import type { Organization } from '../../platform/db/entities/organization.ts'
import type { Plan } from '../../platform/db/entities/plan.ts'
import { builder } from './builder.ts'
import { enumValues } from './enum-values.ts'

const ScopeEnum = builder.enumType('Scope', {
  description: 'What a key may do. ADMIN includes the others.',
  values: enumValues<Scope>({
    'exports:read': 'See exports and their files.',
    'exports:write': 'Ask for exports, cancel, retry and delete them.',
    'datasets:read': 'See what can be exported.',
    'pii:read': 'Use columns of personal data.',
    admin: 'Everything.',
  }),
})

const BeyondConcurrencyEnum = builder.enumType('BeyondConcurrency', {
  description: 'What meets an export that would be one too many at once.',
  values: {
    REFUSE: { value: 'refuse', description: 'LimitExceededError.' },
    QUEUE: { value: 'queue', description: 'It is accepted, and waits for its turn.' },
  } as const,
})

const DoorLimitsType = builder.objectRef<LimitPool>('DoorLimits').implement({
  description: "Limits of one door, instead of the plan's. null: no limit.",
  fields: (t) => ({
    door: t.string({
      description: '`graphql`, or the name of a REST dialect.',
      resolve: ({ door }) => door ?? '',
    }),
    exportsPerHour: t.exposeInt('exportsPerHour', {
      nullable: true,
      description: 'Accepted exports in any 60 minutes.',
    }),
    exportsPerDay: t.exposeInt('exportsPerDay', {
      nullable: true,
      description: 'Accepted exports in any 24 hours.',
    }),
    maxConcurrentExports: t.exposeInt('maxConcurrentExports', {
      nullable: true,
      description: 'Exports pending or processing at once.',
    }),
    beyondConcurrency: t.expose('beyondConcurrency', {
      type: BeyondConcurrencyEnum,
      description: 'What meets one too many.',
    }),
  }),
})

const PlanType = builder.objectRef<Plan>('Plan').implement({
  description: 'The limits of an organization. null: no limit.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    exportsPerHour: t.int({
      nullable: true,
      description: 'Accepted exports in any 60 minutes.',
      resolve: (plan) => plan.exportsPerHour ?? null,
    }),
    exportsPerDay: t.int({
      nullable: true,
      description: 'Accepted exports in any 24 hours.',
      resolve: (plan) => plan.exportsPerDay ?? null,
    }),
    maxConcurrentExports: t.int({
      nullable: true,
      description: 'Exports pending or processing at once.',
      resolve: (plan) => plan.maxConcurrentExports ?? null,
    }),
    beyondConcurrency: t.expose('beyondConcurrency', {
      type: BeyondConcurrencyEnum,
      description: 'What meets one too many at once.',
    }),
    doors: t.field({
      type: [DoorLimitsType],
      description: 'Doors whose exports are counted on their own.',
      resolve: (plan) =>
        Object.keys(plan.doorLimits)
          .sort()
          .map((door) => poolOf(plan, door)),
    }),
    requestsPerMinute: t.int({
      nullable: true,
      description: 'Requests with one key, through any door, in a minute.',
      resolve: (plan) => plan.requestsPerMinute ?? null,
    }),
    maxRowsPerExport: t.field({
      type: 'BigInt',
      nullable: true,
      description: 'Rows of one export.',
      resolve: (plan) => plan.maxRowsPerExport ?? null,
    }),
    linkLifetimeSeconds: t.exposeInt('linkLifetimeSeconds', {
      description: 'How long a download link works.',
    }),
    fileLifetimeSeconds: t.exposeInt('fileLifetimeSeconds', { description: 'How long files are kept.' }),
    recordLifetimeSeconds: t.exposeInt('recordLifetimeSeconds', {
      description: 'How long records are kept.',
    }),
  }),
})

const OrganizationType = builder.objectRef<Organization>('Organization').implement({
  description: 'A tenant.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'For people.' }),
    externalId: t.exposeString('externalId', { description: 'What its rows carry.' }),
    plan: t.field({ type: PlanType, description: 'Its limits.', resolve: ({ plan }) => plan.getEntity() }),
  }),
})

const PlanUsageType = builder.objectRef<PoolUsage>('PlanUsage').implement({
  description: 'Where the organization stands with its limits.',
  fields: (t) => ({
    door: t.exposeString('door', {
      nullable: true,
      description: 'The door whose exports are counted here; null: all doors without limits of their own.',
    }),
    exportsLastHour: t.exposeInt('exportsLastHour', { description: 'Accepted in the last 60 minutes.' }),
    exportsLastDay: t.exposeInt('exportsLastDay', { description: 'Accepted in the last 24 hours.' }),
    exportsAtOnce: t.exposeInt('exportsAtOnce', {
      description: 'Pending or processing, without those that wait for their turn.',
    }),
    exportsWaiting: t.exposeInt('exportsWaiting', { description: 'Those that wait for their turn.' }),
    remaining: t.exposeInt('remaining', {
      nullable: true,
      description: 'Exports that the hour and the 24 hours have left; null: no limit.',
    }),
    freesAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the hour or the 24 hours let the next export in; null: they do now.',
      resolve: ({ freesAt }) => freesAt,
    }),
  }),
})

const ViewerType = builder.objectRef<Authenticated>('Viewer').implement({
  description: 'Whoever holds the key.',
  fields: (t) => ({
    organization: t.field({
      type: OrganizationType,
      description: 'The organization of the key.',
      resolve: ({ organizationId }, _args, { load }) => load.organization(organizationId),
    }),
    usage: t.field({
      type: [PlanUsageType],
      description: "Of the plan's limits: those for all doors first, then those of doors with their own.",
      resolve: async ({ organizationId }, _args, { load, services }) => {
        const { plan } = await load.organization(organizationId)
        return await planUsage(services, organizationId, plan.getEntity())
      },
    }),
    keyName: t.string({
      description: 'What the key was called when it was made.',
      resolve: async ({ keyId }, _args, { load }) => (await load.apiKey(keyId))?.name ?? '',
    }),
    scopes: t.field({
      type: [ScopeEnum],
      description: 'What the key may do.',
      resolve: (viewer) => [...viewer.scopes],
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the key stops working; null: never.',
      resolve: (viewer) => viewer.expiresAt,
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'Whoever holds the key.',
    authScopes: { authenticated: true },
    resolve: (_root, _args, { principal }) => principal!,
  }),
)
