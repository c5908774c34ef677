import type { GraphQLSchema } from 'graphql'
import { builder } from './builder.ts'
import './audit-event.ts'
import './scalars.ts'
import './errors.ts'
import './export.ts'
import './export-queries.ts'
import './export-mutations.ts'
import './export-forecast.ts'
import './export-subscriptions.ts'
import './dataset.ts'
import './viewer.ts'

export const schema: GraphQLSchema = builder.toSchema()
