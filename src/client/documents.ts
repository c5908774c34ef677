import { graphql } from './generated/gql.ts'

/** An export as the client shows it, in every answer alike. */
graphql(`
  fragment Export on Export {
    id
    number
    name
    dataset
    format
    status
    stage
    stageMessage
    progress
    rowsExported
    rowsTotal
    rowsTotalExact
    bytes
    attempt
    version
    createdAt
    startedAt
    completedAt
    estimatedCompletionAt
    expiresAt
    error {
      code
      message
      retryable
    }
    files {
      name
      url
      bytes
      rows
      sha256
      contentType
      expiresAt
    }
    manifest {
      url
    }
  }
`)

export const createExportDocument = graphql(`
  mutation CreateExport($input: CreateExportInput!) {
    createExport(input: $input) {
      __typename
      ... on CreateExportSuccess {
        deduped
        export {
          ...Export
        }
      }
      ... on Error {
        code
        message
      }
      ... on ValidationError {
        issues {
          path
          message
        }
      }
      ... on LimitExceededError {
        retryAfterSeconds
      }
    }
  }
`)

export const cancelExportDocument = graphql(`
  mutation CancelExport($id: ID!) {
    cancelExport(id: $id) {
      __typename
      ... on CancelExportSuccess {
        export {
          ...Export
        }
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const retryExportDocument = graphql(`
  mutation RetryExport($id: ID!) {
    retryExport(id: $id) {
      __typename
      ... on RetryExportSuccess {
        export {
          ...Export
        }
      }
      ... on Error {
        code
        message
      }
      ... on LimitExceededError {
        retryAfterSeconds
      }
    }
  }
`)

export const deleteExportDocument = graphql(`
  mutation DeleteExport($id: ID!) {
    deleteExport(id: $id) {
      __typename
      ... on DeleteExportSuccess {
        deletedId
      }
      ... on Error {
        code
        message
      }
    }
  }
`)

export const previewExportDocument = graphql(`
  query PreviewExport($input: CreateExportInput!, $rows: Int) {
    previewExport(input: $input, rows: $rows) {
      columns {
        name
        header
      }
      rows
      text
    }
  }
`)

export const estimateExportDocument = graphql(`
  query EstimateExport($input: CreateExportInput!) {
    estimateExport(input: $input) {
      rows
      rowsExact
      bytes
      seconds
      basis
    }
  }
`)

export const getExportDocument = graphql(`
  query GetExport($id: ID!) {
    export(id: $id) {
      ...Export
    }
  }
`)

export const listExportsDocument = graphql(`
  query ListExports($first: Int, $after: String, $filter: ExportFilter, $orderBy: ExportOrder) {
    exports(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      edges {
        node {
          ...Export
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`)

export const exportProgressDocument = graphql(`
  subscription ExportProgress($id: ID!) {
    exportProgress(id: $id) {
      ...Export
    }
  }
`)

/** A dataset with all that a column picker and a filter builder need. */
graphql(`
  fragment Dataset on Dataset {
    name
    label
    description
    key
    columns {
      name
      label
      description
      type
      isList
      isNumeric
      isSortable
      isDefault
      isPersonal
      kind
      filters {
        operator
        takes
        description
      }
      example
      options {
        value
        label
      }
    }
  }
`)

export const listDatasetsDocument = graphql(`
  query ListDatasets {
    datasets {
      ...Dataset
    }
  }
`)

export const getDatasetDocument = graphql(`
  query GetDataset($name: String!) {
    dataset(name: $name) {
      ...Dataset
    }
  }
`)
