import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { z } from 'zod'
import { UsageError } from '../exit-codes.ts'
import { appearance, shownCount } from '../terminal.ts'

/** What verifying needs of a manifest; the rest of it is for people. */
const manifestSchema = z.object({
  sluice: z.object({ manifest: z.literal(1) }),
  snapshotAt: z.string(),
  rows: z.number().int(),
  files: z.array(
    z.object({
      name: z.string(),
      bytes: z.number().int(),
      rows: z.number().int(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      plain: z.object({ bytes: z.number().int(), sha256: z.string() }).optional(),
    }),
  ),
})
type Manifest = z.infer<typeof manifestSchema>

/** `sluice verify <manifest> <files…>` */
export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'Check files against the manifest.json of their export: size and SHA-256 of each, and that none is missing.',
    )
    .argument('<manifest>', 'the manifest.json of the export')
    .argument('<files...>', 'the files, under any name')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 everything is as the manifest says, 1 something is not, 2 wrong usage.',
    )
    .action(async (manifestPath: string, paths: string[], { json }: { json?: true }) => {
      const manifest = await readManifest(manifestPath)
      const results = await Promise.all(paths.map((path) => verifyFile(manifest, path)))
      const found = new Set(results.map(({ expected }) => expected?.name))
      const missing = manifest.files.filter(({ name }) => !found.has(name)).map(({ name }) => name)
      const isRight = missing.length === 0 && results.every(({ problem }) => problem === null)
      const lines = results.map(
        ({ path, problem }) =>
          `${problem === null ? 'ok     ' : 'WRONG  '} ${path}${problem === null ? '' : `: ${problem}`}`,
      )
      const absent = missing.map((name) => `MISSING ${name}`)
      const sum = isRight ? [`${shownCount(manifest.rows)} rows as of ${manifest.snapshotAt}`] : []
      process.stdout.write(
        json
          ? `${JSON.stringify({ ok: isRight, missing, files: results.map(({ path, problem }) => ({ path, problem })) })}\n`
          : `${[...lines, ...absent, ...sum].map(appearance).join('\n')}\n`,
      )
      if (!isRight) process.exitCode = 1
    })
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8')
  try {
    return manifestSchema.parse(JSON.parse(text))
  } catch (cause) {
    throw new UsageError(
      `${path} is not a manifest of Sluice. Name the manifest.json that stands beside the files.`,
      { cause },
    )
  }
}

interface Verified {
  readonly path: string
  readonly expected: Manifest['files'][number] | undefined
  readonly problem: string | null
}

/** Matched by its content first: a browser may have given a download another name. */
async function verifyFile(manifest: Manifest, path: string): Promise<Verified> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  const sha256 = hash.digest('hex')
  // A browser decodes a content encoding.
  const same = manifest.files.find((file) => file.sha256 === sha256 || file.plain?.sha256 === sha256)
  if (same) return { path, expected: same, problem: null }
  const named = manifest.files.find(({ name }) => name === basename(path))
  if (!named) return { path, expected: undefined, problem: 'no file of this export has this content' }
  const problem =
    bytes === named.bytes
      ? 'its bytes have changed'
      : `it has ${bytes} bytes, the manifest says ${named.bytes}`
  return { path, expected: named, problem }
}
