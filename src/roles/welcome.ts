/** What `npm start` says when everything is up. */
export function welcome({
  url,
  key,
  dataset,
}: {
  url: string
  key: string | null
  /** One that can be exported. */
  dataset: string
}): string {
  const shownKey = key ?? '<your key: npx sluice key create>'
  return `
Sluice is up.

  GraphiQL   ${url}/graphql
  API key    ${shownKey}

Make an export (it answers at once; the file is made in the background):

  curl ${url}/graphql -H 'Authorization: Bearer ${shownKey}' -H 'Content-Type: application/json' \\
    -d '{"query":"mutation { createExport(input: {dataset: \\"${dataset}\\"}) { ... on CreateExportSuccess { export { id } } ... on Error { message } } }"}'

or make it, watch it and download it:  npx sluice export ${dataset}

Ctrl-C stops everything.
`
}
