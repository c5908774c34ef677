import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { chownSync, readFileSync } from 'node:fs'

/** Starts programs that refuse to run as root. */
export interface RunAs {
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess
  /** Gives a file or folder of ours to the user that the programs run as. */
  own(path: string): void
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

/**
 * PostgreSQL refuses to run as root. As root it is therefore run as `postgres`, or as `nobody` where there
 * is no such user. When that user cannot enter the folder (a checkout under /root, say), the program gets
 * the one capability that lets it: CAP_DAC_OVERRIDE, by setpriv of util-linux.
 */
export function chooseUser(folder: string, programs: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { spawn, own: () => {} }
  const user = findUser(['postgres', 'nobody'])
  const own = (path: string) => chownSync(path, user.uid, user.gid)
  own(folder)
  if (canEnter([], user, folder, programs)) {
    return { own, spawn: (program, args, options) => spawn(program, args, { ...options, ...user }) }
  }
  const prefix = [
    'setpriv',
    `--reuid=${user.uid}`,
    `--regid=${user.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
  ]
  if (canEnter(prefix, {}, folder, programs)) {
    const [setpriv = '', ...flags] = prefix
    return { own, spawn: (program, args, options) => spawn(setpriv, [...flags, program, ...args], options) }
  }
  throw new Error(
    `PostgreSQL cannot run as root, and the user it would run as cannot enter ${folder}. ` +
      'Run Sluice as an ordinary user, move the checkout and SLUICE_DATA_DIR out of /root, or set DATABASE_URL.',
  )
}

function canEnter(
  prefix: readonly string[],
  identity: Partial<Identity>,
  folder: string,
  programs: readonly string[],
): boolean {
  const script = 'test -w "$1" && shift && for program in "$@"; do test -x "$program" || exit 1; done'
  const [command = '', ...args] = [...prefix, '/bin/sh', '-c', script, 'sh', folder, ...programs]
  return spawnSync(command, args, { ...identity, cwd: '/', stdio: 'ignore' }).status === 0
}

function findUser(names: readonly string[]): Identity {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of names) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':')
    if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) }
  }
  throw new Error(
    `PostgreSQL cannot run as root, and there is no user ${names.join(' or ')}. Run Sluice as an ordinary user, or set DATABASE_URL.`,
  )
}
