import { type Kit, type KitStep, kitDirectory } from '@/lib/commands/break-glass/kit'
import { type Command, toPreview } from '@/lib/commands/command'
import { fileRolePath } from '@/lib/domain/sync-names'

const block = (lines: readonly string[]): string => `\`\`\`sh\n${lines.join('\n')}\n\`\`\``
const commandsOf = (steps: readonly KitStep[]) => steps.map(({ command }) => toPreview(command))

/** What the script does not know, and an operator has to. */
export type ByHand = {
  /** Run on the old primary, so that it does not come back writable. */
  readonly fence: readonly Command[]
  /** How the standby's PostgreSQL is started; null where the pair leaves its database out. */
  readonly start: Command | null
}

/** `RUNBOOK.md`: what an operator needs at the standby when neither the dashboard nor the network is there. */
export function buildRunbook(kit: Kit, { fence, start }: ByHand): string {
  const { places, standby, primary, database, stopSync, serve } = kit
  const directory = kitDirectory(places)
  const look =
    database === null
      ? `\`cat ${fileRolePath(places)}\` says \`standby\`.`
      : `\`${database.binDirectory}/psql -h ${database.socketDirectory} -p ${database.port} -d postgres -c 'select pg_is_in_recovery()'\` as ${database.osUser} says \`t\`.`
  return `# ${places.slug}: ${standby.name} takes over from ${primary.name}, by hand

For when the dashboard is not there. ${standby.name} (${standby.address}) is the standby, ${primary.name} (${primary.address}) the primary. Understudy writes this anew with every operation
on the pair.

## 1. See that ${primary.name} is dead, or fence it

Two hosts that accept writes are the end of both. If you can get to ${primary.name}, run there:

${block(fence.map(toPreview))}

If you can't: have it switched off, or its network taken away, and make sure that it does not come back by itself.

## 2. See that this is the standby

${look}${start === null ? '' : ` If it does not answer, start it:\n\n${block([toPreview(start)])}`}

## 3. Promote

${block([`${directory}/promote.sh --check`, `${directory}/promote.sh --reason 'why, in your words'`])}

It refuses while ${primary.name} answers. It stops the copying of files, promotes, starts the application and leaves a record in ${directory}.
If something fails after the promotion, mend it and run it again with \`--go-on\`.

What it does, for your own hands:

${block([...commandsOf(stopSync), ...(database === null ? [] : [`postgres$ psql -c 'select pg_promote()'`]), ...commandsOf(serve)])}

## 4. Afterwards

${primary.name} must not be used until it is fenced. When the dashboard is back it reads the record, shows ${standby.name} as the primary, and leads on: fence ${primary.name}, then make it a standby again.
`
}
