import { z } from 'zod'

/** A short text that can stand in SQL and in every encoding's file. */
export function plainText(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .refine((value) => !value.includes('\0'), 'cannot hold a NUL')
    .refine((value) => value.isWellFormed(), 'holds half of a surrogate pair')
}
