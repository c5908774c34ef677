import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  GraphQLError,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  type SelectionSetNode,
  Source,
  TokenKind,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'

/**
 * What one operation may ask, over HTTP and WebSocket alike. The console's and the client's largest
 * operations have a depth of 7, 90 fields and no alias.
 */
export const operationLimits = {
  /** Lexical tokens of a document: refused while it is read, before anything is built of it. */
  tokens: 4_000,
  /** Braces, brackets and parentheses within each other. The parser calls itself for each: some thousand end its stack. */
  nesting: 60,
  /** Selections within selections. Introspection by the usual tools needs 13. */
  depth: 15,
  /** Fields in all, with the fields of fragments counted where they are spread. */
  fields: 1_000,
  aliases: 30,
  directives: 50,
  /** Fields of the root type: each can be a query or a write of its own. */
  rootFields: 20,
} as const

/** Reads an operation; what is too large for it is refused before the parser sees it. @throws GraphQLError */
export function parseOperation(input: string | Source): DocumentNode {
  const source = typeof input === 'string' ? new Source(input) : input
  const lexer = new Lexer(source)
  let tokens = 0
  let nesting = 0
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens += 1
    if (opening.has(token.kind)) nesting += 1
    else if (closing.has(token.kind)) nesting -= 1
    if (tokens > operationLimits.tokens) throw tooLarge('tokens')
    if (nesting > operationLimits.nesting) throw tooLarge('nesting')
  }
  return parse(source)
}

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L])
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R])

function tooLarge(name: keyof typeof operationLimits, nodes?: ASTNode): GraphQLError {
  return new GraphQLError(
    `The operation is too large: ${name} may be ${operationLimits[name]} at most. Split it into several operations, or send values as variables.`,
    { ...(nodes ? { nodes } : {}), extensions: { code: 'OPERATION_TOO_LARGE', http: { status: 400 } } },
  )
}

/** Counts as GraphQL would execute: a fragment costs what it selects, each time it is spread. */
export function operationRules({ introspection }: { introspection: boolean }): readonly ValidationRule[] {
  return introspection ? [limitOperation] : [limitOperation, NoSchemaIntrospectionCustomRule]
}

function limitOperation(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      const counter = new OperationCounter(context)
      counter.count(operation.selectionSet, 1)
      const rootFields = operation.selectionSet.selections.length
      const found = { ...counter.totals, rootFields }
      for (const [name, count] of Object.entries(found)) {
        const limited = name as keyof typeof found
        if (count > operationLimits[limited]) context.reportError(tooLarge(limited, operation))
      }
    },
  }
}

class OperationCounter {
  readonly totals = { depth: 0, fields: 0, aliases: 0, directives: 0 }
  readonly #context: ValidationContext
  readonly #spreading = new Set<string>()

  constructor(context: ValidationContext) {
    this.#context = context
  }

  /** Stops where a limit is passed: what lies beyond costs nothing to refuse. */
  count(set: SelectionSetNode, depth: number): void {
    this.totals.depth = Math.max(this.totals.depth, depth)
    for (const selection of set.selections) {
      if (this.#isOver()) return
      this.totals.directives += selection.directives?.length ?? 0
      switch (selection.kind) {
        case 'Field':
          this.totals.fields += 1
          if (selection.alias) this.totals.aliases += 1
          if (selection.selectionSet) this.count(selection.selectionSet, depth + 1)
          break
        case 'InlineFragment':
          this.count(selection.selectionSet, depth)
          break
        case 'FragmentSpread':
          this.#countFragment(selection.name.value, depth)
          break
        default:
          selection satisfies never
      }
    }
  }

  /** A circle is another rule's to report; here it must only end. */
  #countFragment(name: string, depth: number): void {
    const fragment = this.#context.getFragment(name)
    if (!fragment || this.#spreading.has(name)) return
    this.#spreading.add(name)
    this.count(fragment.selectionSet, depth)
    this.#spreading.delete(name)
  }

  #isOver(): boolean {
    const { depth, fields, aliases, directives } = this.totals
    return (
      depth > operationLimits.depth ||
      fields > operationLimits.fields ||
      aliases > operationLimits.aliases ||
      directives > operationLimits.directives
    )
  }
}
