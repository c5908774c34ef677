import type { Dialect } from './dialect.ts'
import { close } from './dialects/close/dialect.ts'
import { dealmachine } from './dialects/dealmachine/dialect.ts'
import { hienergy } from './dialects/hienergy/dialect.ts'
import { hindsight } from './dialects/hindsight/dialect.ts'
import { hubspot } from './dialects/hubspot/dialect.ts'

/** Every vendor whose clients are served, all at once. */
export const dialects: readonly Dialect[] = [hindsight, hubspot, close, hienergy, dealmachine]
