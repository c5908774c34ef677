import { nth } from './sql.ts'
import { branches, companyNames, seats } from './vocabulary.ts'

const names = companyNames.length
const combinations = names * branches.length * seats.length

/** How many companies have names of their own. */
export const maxCompanies = combinations

// A prime that shares no factor with the number of combinations: neighbors get unlike names, none twice.
const stride = 7919
const place = (k: string) => `(${k} * ${stride} % ${combinations})`
const branchOf = (k: string) => `(${place(k)} / ${names} % ${branches.length})`
const seatOf = (k: string) => `(${place(k)} / ${names * branches.length})`

/** The id of the company numbered `k` (SQL, from 1): eleven digits, as HubSpot's. */
export function companyId(k: string): string {
  return `(51000000000 + ${k})::text`
}

/** "Nordwind Logistik": without the legal form. */
export function companyName(k: string): string {
  return `${nth(companyNames, `${place(k)} % ${names}`)} || ' ' || ${nth(
    branches.map(([word]) => word),
    branchOf(k),
  )}`
}

export function companyIndustry(k: string): string {
  return nth(
    branches.map(([, industry]) => industry),
    branchOf(k),
  )
}

/** One column of the company's seat. */
export function companySeat(k: string, column: 0 | 1 | 2 | 3 | 4 | 5 | 6): string {
  return nth(
    seats.map((seat) => seat[column]),
    seatOf(k),
  )
}
