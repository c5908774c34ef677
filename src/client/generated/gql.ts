/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment Export on Export {\n    id\n    number\n    name\n    dataset\n    format\n    status\n    stage\n    stageMessage\n    progress\n    rowsExported\n    rowsTotal\n    rowsTotalExact\n    bytes\n    attempt\n    version\n    createdAt\n    startedAt\n    completedAt\n    estimatedCompletionAt\n    expiresAt\n    error {\n      code\n      message\n      retryable\n    }\n    files {\n      name\n      url\n      bytes\n      rows\n      sha256\n      contentType\n      expiresAt\n    }\n    manifest {\n      url\n    }\n  }\n": typeof types.ExportFragmentDoc,
    "\n  mutation CreateExport($input: CreateExportInput!) {\n    createExport(input: $input) {\n      __typename\n      ... on CreateExportSuccess {\n        deduped\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n      ... on ValidationError {\n        issues {\n          path\n          message\n        }\n      }\n      ... on LimitExceededError {\n        retryAfterSeconds\n      }\n    }\n  }\n": typeof types.CreateExportDocument,
    "\n  mutation CancelExport($id: ID!) {\n    cancelExport(id: $id) {\n      __typename\n      ... on CancelExportSuccess {\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n    }\n  }\n": typeof types.CancelExportDocument,
    "\n  mutation RetryExport($id: ID!) {\n    retryExport(id: $id) {\n      __typename\n      ... on RetryExportSuccess {\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n      ... on LimitExceededError {\n        retryAfterSeconds\n      }\n    }\n  }\n": typeof types.RetryExportDocument,
    "\n  mutation DeleteExport($id: ID!) {\n    deleteExport(id: $id) {\n      __typename\n      ... on DeleteExportSuccess {\n        deletedId\n      }\n      ... on Error {\n        code\n        message\n      }\n    }\n  }\n": typeof types.DeleteExportDocument,
    "\n  query PreviewExport($input: CreateExportInput!, $rows: Int) {\n    previewExport(input: $input, rows: $rows) {\n      columns {\n        name\n        header\n      }\n      rows\n      text\n    }\n  }\n": typeof types.PreviewExportDocument,
    "\n  query EstimateExport($input: CreateExportInput!) {\n    estimateExport(input: $input) {\n      rows\n      rowsExact\n      bytes\n      seconds\n      basis\n    }\n  }\n": typeof types.EstimateExportDocument,
    "\n  query GetExport($id: ID!) {\n    export(id: $id) {\n      ...Export\n    }\n  }\n": typeof types.GetExportDocument,
    "\n  query ListExports($first: Int, $after: String, $filter: ExportFilter, $orderBy: ExportOrder) {\n    exports(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n      edges {\n        node {\n          ...Export\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.ListExportsDocument,
    "\n  subscription ExportProgress($id: ID!) {\n    exportProgress(id: $id) {\n      ...Export\n    }\n  }\n": typeof types.ExportProgressDocument,
    "\n  fragment Dataset on Dataset {\n    name\n    label\n    description\n    key\n    columns {\n      name\n      label\n      description\n      type\n      isList\n      isNumeric\n      isSortable\n      isDefault\n      isPersonal\n      kind\n      filters {\n        operator\n        takes\n        description\n      }\n      example\n      options {\n        value\n        label\n      }\n    }\n  }\n": typeof types.DatasetFragmentDoc,
    "\n  query ListDatasets {\n    datasets {\n      ...Dataset\n    }\n  }\n": typeof types.ListDatasetsDocument,
    "\n  query GetDataset($name: String!) {\n    dataset(name: $name) {\n      ...Dataset\n    }\n  }\n": typeof types.GetDatasetDocument,
};
const documents: Documents = {
    "\n  fragment Export on Export {\n    id\n    number\n    name\n    dataset\n    format\n    status\n    stage\n    stageMessage\n    progress\n    rowsExported\n    rowsTotal\n    rowsTotalExact\n    bytes\n    attempt\n    version\n    createdAt\n    startedAt\n    completedAt\n    estimatedCompletionAt\n    expiresAt\n    error {\n      code\n      message\n      retryable\n    }\n    files {\n      name\n      url\n      bytes\n      rows\n      sha256\n      contentType\n      expiresAt\n    }\n    manifest {\n      url\n    }\n  }\n": types.ExportFragmentDoc,
    "\n  mutation CreateExport($input: CreateExportInput!) {\n    createExport(input: $input) {\n      __typename\n      ... on CreateExportSuccess {\n        deduped\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n      ... on ValidationError {\n        issues {\n          path\n          message\n        }\n      }\n      ... on LimitExceededError {\n        retryAfterSeconds\n      }\n    }\n  }\n": types.CreateExportDocument,
    "\n  mutation CancelExport($id: ID!) {\n    cancelExport(id: $id) {\n      __typename\n      ... on CancelExportSuccess {\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n    }\n  }\n": types.CancelExportDocument,
    "\n  mutation RetryExport($id: ID!) {\n    retryExport(id: $id) {\n      __typename\n      ... on RetryExportSuccess {\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n      ... on LimitExceededError {\n        retryAfterSeconds\n      }\n    }\n  }\n": types.RetryExportDocument,
    "\n  mutation DeleteExport($id: ID!) {\n    deleteExport(id: $id) {\n      __typename\n      ... on DeleteExportSuccess {\n        deletedId\n      }\n      ... on Error {\n        code\n        message\n      }\n    }\n  }\n": types.DeleteExportDocument,
    "\n  query PreviewExport($input: CreateExportInput!, $rows: Int) {\n    previewExport(input: $input, rows: $rows) {\n      columns {\n        name\n        header\n      }\n      rows\n      text\n    }\n  }\n": types.PreviewExportDocument,
    "\n  query EstimateExport($input: CreateExportInput!) {\n    estimateExport(input: $input) {\n      rows\n      rowsExact\n      bytes\n      seconds\n      basis\n    }\n  }\n": types.EstimateExportDocument,
    "\n  query GetExport($id: ID!) {\n    export(id: $id) {\n      ...Export\n    }\n  }\n": types.GetExportDocument,
    "\n  query ListExports($first: Int, $after: String, $filter: ExportFilter, $orderBy: ExportOrder) {\n    exports(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n      edges {\n        node {\n          ...Export\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.ListExportsDocument,
    "\n  subscription ExportProgress($id: ID!) {\n    exportProgress(id: $id) {\n      ...Export\n    }\n  }\n": types.ExportProgressDocument,
    "\n  fragment Dataset on Dataset {\n    name\n    label\n    description\n    key\n    columns {\n      name\n      label\n      description\n      type\n      isList\n      isNumeric\n      isSortable\n      isDefault\n      isPersonal\n      kind\n      filters {\n        operator\n        takes\n        description\n      }\n      example\n      options {\n        value\n        label\n      }\n    }\n  }\n": types.DatasetFragmentDoc,
    "\n  query ListDatasets {\n    datasets {\n      ...Dataset\n    }\n  }\n": types.ListDatasetsDocument,
    "\n  query GetDataset($name: String!) {\n    dataset(name: $name) {\n      ...Dataset\n    }\n  }\n": types.GetDatasetDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Export on Export {\n    id\n    number\n    name\n    dataset\n    format\n    status\n    stage\n    stageMessage\n    progress\n    rowsExported\n    rowsTotal\n    rowsTotalExact\n    bytes\n    attempt\n    version\n    createdAt\n    startedAt\n    completedAt\n    estimatedCompletionAt\n    expiresAt\n    error {\n      code\n      message\n      retryable\n    }\n    files {\n      name\n      url\n      bytes\n      rows\n      sha256\n      contentType\n      expiresAt\n    }\n    manifest {\n      url\n    }\n  }\n"): typeof import('./graphql.ts').ExportFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateExport($input: CreateExportInput!) {\n    createExport(input: $input) {\n      __typename\n      ... on CreateExportSuccess {\n        deduped\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n      ... on ValidationError {\n        issues {\n          path\n          message\n        }\n      }\n      ... on LimitExceededError {\n        retryAfterSeconds\n      }\n    }\n  }\n"): typeof import('./graphql.ts').CreateExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelExport($id: ID!) {\n    cancelExport(id: $id) {\n      __typename\n      ... on CancelExportSuccess {\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql.ts').CancelExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryExport($id: ID!) {\n    retryExport(id: $id) {\n      __typename\n      ... on RetryExportSuccess {\n        export {\n          ...Export\n        }\n      }\n      ... on Error {\n        code\n        message\n      }\n      ... on LimitExceededError {\n        retryAfterSeconds\n      }\n    }\n  }\n"): typeof import('./graphql.ts').RetryExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteExport($id: ID!) {\n    deleteExport(id: $id) {\n      __typename\n      ... on DeleteExportSuccess {\n        deletedId\n      }\n      ... on Error {\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql.ts').DeleteExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewExport($input: CreateExportInput!, $rows: Int) {\n    previewExport(input: $input, rows: $rows) {\n      columns {\n        name\n        header\n      }\n      rows\n      text\n    }\n  }\n"): typeof import('./graphql.ts').PreviewExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query EstimateExport($input: CreateExportInput!) {\n    estimateExport(input: $input) {\n      rows\n      rowsExact\n      bytes\n      seconds\n      basis\n    }\n  }\n"): typeof import('./graphql.ts').EstimateExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query GetExport($id: ID!) {\n    export(id: $id) {\n      ...Export\n    }\n  }\n"): typeof import('./graphql.ts').GetExportDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListExports($first: Int, $after: String, $filter: ExportFilter, $orderBy: ExportOrder) {\n    exports(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n      edges {\n        node {\n          ...Export\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): typeof import('./graphql.ts').ListExportsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ExportProgress($id: ID!) {\n    exportProgress(id: $id) {\n      ...Export\n    }\n  }\n"): typeof import('./graphql.ts').ExportProgressDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Dataset on Dataset {\n    name\n    label\n    description\n    key\n    columns {\n      name\n      label\n      description\n      type\n      isList\n      isNumeric\n      isSortable\n      isDefault\n      isPersonal\n      kind\n      filters {\n        operator\n        takes\n        description\n      }\n      example\n      options {\n        value\n        label\n      }\n    }\n  }\n"): typeof import('./graphql.ts').DatasetFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ListDatasets {\n    datasets {\n      ...Dataset\n    }\n  }\n"): typeof import('./graphql.ts').ListDatasetsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query GetDataset($name: String!) {\n    dataset(name: $name) {\n      ...Dataset\n    }\n  }\n"): typeof import('./graphql.ts').GetDatasetDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
