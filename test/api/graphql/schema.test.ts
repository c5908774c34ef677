import { readFileSync } from 'node:fs'
import { diff, validate } from '@graphql-inspector/core'
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  printSchema,
  Source,
} from 'graphql'
import { expect, test } from 'vitest'
import { operationLimits } from '../../../src/api/graphql/operation-limits.ts'
import { schema } from '../../../src/api/graphql/schema.ts'
import * as documents from '../../../src/client/generated/graphql.ts'

const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))
const ours = types.filter(({ name }) => !['Boolean', 'Float', 'ID', 'Int', 'String'].includes(name))

/** Everything of a type that a reader can look at: `Export`, `Export.files`, `Query.exports(first:)`. */
function partsOf(type: GraphQLNamedType): [path: string, description: string | null | undefined][] {
  const parts: ReturnType<typeof partsOf> = [[type.name, type.description]]
  if (isEnumType(type)) {
    for (const value of type.getValues()) parts.push([`${type.name}.${value.name}`, value.description])
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields()))
      parts.push([`${type.name}.${field.name}`, field.description])
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field.description])
      for (const argument of field.args)
        parts.push([`${type.name}.${field.name}(${argument.name}:)`, argument.description])
    }
  }
  return parts
}

test('everything has a description', () => {
  const parts = ours.flatMap(partsOf)
  expect(parts.length).toBeGreaterThan(300)
  expect(parts.filter(([, description]) => !description).map(([path]) => path)).toEqual([])
})

test('a description is a sentence: it begins with a capital, a digit or a quoted word, and ends with a point', () => {
  const wrong = ours
    .flatMap(partsOf)
    .filter(
      ([, description]) =>
        description && !(/^[A-Z0-9`'(→{]/.test(description) && /[.…`)]$/.test(description)),
    )
  expect(wrong).toEqual([])
})

test('types are in PascalCase, fields and arguments in camelCase, values of enumerations in capitals', () => {
  const wrong = ours.flatMap(partsOf).filter(([path]) => {
    const [type = '', field, argument] = path.split(/[.(]/)
    const isValue = isEnumType(schema.getType(type))
    return !(
      /^[A-Z][A-Za-z0-9]*$/.test(type) &&
      (field === undefined || (isValue ? /^[A-Z][A-Z0-9_]*$/ : /^[a-z][A-Za-z0-9]*$/).test(field)) &&
      (argument === undefined || /^[a-z][A-Za-z0-9]*:\)$/.test(argument))
    )
  })
  expect(wrong).toEqual([])
})

test("lists follow Relay's words: Connection, Edge, PageInfo, and the four arguments", () => {
  const nodes = ours.flatMap(({ name }) =>
    name.endsWith('Connection') ? [name.replace('Connection', '')] : [],
  )
  expect(nodes).toContain('Export')
  for (const node of nodes) {
    expect(fieldsOf(`${node}Connection`)).toMatchObject({ edges: `[${node}Edge!]!`, pageInfo: 'PageInfo!' })
    expect(fieldsOf(`${node}Edge`)).toEqual({ cursor: 'String!', node: `${node}!` })
  }
  expect(fieldsOf('PageInfo')).toEqual({
    hasNextPage: 'Boolean!',
    hasPreviousPage: 'Boolean!',
    startCursor: 'String',
    endCursor: 'String',
  })
  const lists = Object.values(schema.getQueryType()!.getFields()).filter(({ type }) =>
    String(type).endsWith('Connection!'),
  )
  expect(lists).toHaveLength(nodes.length)
  for (const { args } of lists) {
    expect(Object.fromEntries(args.map(({ name, type }) => [name, String(type)]))).toMatchObject({
      first: 'Int',
      after: 'String',
      last: 'Int',
      before: 'String',
    })
  }
})

function fieldsOf(name: string): Record<string, string> {
  const type = schema.getType(name)
  if (!isObjectType(type)) throw new Error(`${name} is no object type`)
  return Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]))
}

test('every mutation answers with a union of what it made and of errors that implement Error', () => {
  for (const field of Object.values(schema.getMutationType()!.getFields())) {
    const name = `${field.name[0]!.toUpperCase()}${field.name.slice(1)}`
    expect(String(field.type)).toBe(`${name}Result!`)
    const union = schema.getType(`${name}Result`)
    const members = 'getTypes' in union! ? union.getTypes() : []
    expect(members.map((member) => member.name)).toContain(`${name}Success`)
    for (const member of members.filter((member) => member.name !== `${name}Success`))
      expect(member.getInterfaces().map((type) => type.name)).toContain('Error')
  }
})

test('schema.graphql is what the code says: no change, breaking or not, goes unnoticed', async () => {
  const committed = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'))
  // Both from text: directives such as @oneOf are nodes of it only.
  const changes = await diff(committed, buildSchema(printSchema(schema)))
  expect(changes.map(({ criticality, message }) => `${criticality.level}: ${message}`)).toEqual([])
})

test("graphql-inspector finds nothing wrong with the client's documents", () => {
  const sources = Object.entries(documents)
    .filter(([name]) => name.endsWith('Document'))
    .map(([name, document]) => new Source(String(document), name))
  expect(sources.length).toBeGreaterThan(4)
  const limits = { maxDepth: operationLimits.depth, maxAliasCount: operationLimits.aliases }
  // One at a time: several share fragments, which would then be there twice.
  expect(sources.flatMap((source) => validate(schema, [source], limits))).toEqual([])
})
