/** Words for people, per language: `{ en: 'Deal name', de: 'Deal-Name' }`; a plain string is English. */
export type Labels = string | ({ readonly en: string } & Readonly<Record<string, string>>)

/** The label in `language` (BCP 47, any case), else in its base language, else in English. */
export function labelIn(labels: Labels, language = 'en'): string {
  if (typeof labels === 'string') return labels
  const tag = language.toLowerCase()
  return labels[tag] ?? labels[tag.split('-')[0] ?? 'en'] ?? labels.en
}
