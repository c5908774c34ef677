// Reads config files for a test that Vitest would otherwise put its own module loader under.
import { loadDatasets } from '../../src/datasets/load-datasets.ts'

process.on('message', async (path: string) => {
  try {
    process.send?.({ datasets: (await loadDatasets(path)).all() })
  } catch (error) {
    const { name, message } = error as Error & { code: string }
    process.send?.({ name, message, code: (error as { code?: string }).code })
  }
})
process.on('disconnect', () => process.exit())
