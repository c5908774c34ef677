import { Command } from 'commander'

/** `sluice signing-key rotate` */
export function signingKeyCommand(): Command {
  const signingKey = new Command('signing-key').description('The keys that sign download links.')
  signingKey
    .command('rotate')
    .description('Sign with a new key. Links that are out go on working until they expire.')
    .option('--end-links', 'end every link that is out, within half a minute: a key has leaked')
    .action(async ({ endLinks }: { endLinks?: true }) => {
      const [{ rotateSigningKey }, { withDatabase }] = await Promise.all([
        import('../../lifecycle/signing-keys.ts'),
        import('../with-database.ts'),
      ])
      const id = await withDatabase(({ services }) =>
        rotateSigningKey(services, { endLinks: endLinks ?? false }),
      )
      process.stdout.write(`${id}\n`)
    })
  return signingKey
}
