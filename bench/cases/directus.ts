import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, seconds } from '../case.ts'
import { asCopy } from '../deals.ts'
import { startDirectus } from '../directus.ts'
import { installPeer } from '../install-peer.ts'
import { makeExport } from '../make-export.ts'

const version = '12.3.1'
const warmUpRows = 1_000
/** Its turns take minutes each. */
const maxRuns = 2

export const directus: Case = {
  name: 'directus',
  sentence: `Directus ${version}'s export of the same rows as CSV, against ours`,
  async measure(bench) {
    const folder = await installPeer(bench, 'directus', version)
    if (folder === null) return []
    const service = await bench.service()
    await using peer = await startDirectus(folder, service)
    const file = join(bench.folder, 'peer')
    const ratios: number[] = []
    try {
      await peer.exportCsv(file, Math.min(warmUpRows, bench.rows))
      await makeExport(service, { options: asCopy }, bench.rows)
      for (let run = 1; run <= Math.min(bench.runs, maxRuns); run += 1) {
        const { seconds: ours } = await makeExport(service, { options: asCopy }, bench.rows)
        const theirs = await seconds(() => peer.exportCsv(file, bench.rows))
        bench.log(`directus: run ${run}: peer ${theirs.toFixed(1)} s, export ${ours.toFixed(2)} s`)
        ratios.push(theirs / ours)
      }
    } finally {
      rmSync(file, { force: true })
    }
    return [{ what: `Directus ${version}, CSV`, unit: '× our time', values: ratios, bar: { atLeast: 20 } }]
  },
}
