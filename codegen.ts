import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * Types of the typed client's operations, from the committed schema.graphql: no server is needed.
 * Documents become strings, so that a browser that loads the client loads no GraphQL parser or printer.
 */
const config: CodegenConfig = {
  schema: 'schema.graphql',
  documents: ['src/client/**/*.ts', '!src/client/generated/**'],
  ignoreNoDocuments: false,
  // Node's imports name the file itself.
  importExtension: '.ts',
  emitLegacyCommonJSImports: false,
  generates: {
    'src/client/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        defaultScalarType: 'unknown',
        scalars: {
          ID: 'string',
          BigInt: 'number',
          DateTime: 'string',
          JSON: 'unknown',
          Date: 'string',
          // A string that is no number does not compile.
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a type, in the file that is made
          Decimal: 'number | `${number}`',
          Interval: 'string',
          Time: 'string',
          Timestamp: 'string',
          UUID: 'string',
        },
      },
    },
  },
}

export default config
