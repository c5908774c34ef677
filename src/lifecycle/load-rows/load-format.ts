/** What a file of rows can be. */
export const loadFormats = ['csv', 'ndjson'] as const
export type LoadFormat = (typeof loadFormats)[number]
