import { type Kit, type KitStep, kitDirectory } from '@/lib/commands/break-glass/kit'
import { toPreview } from '@/lib/commands/command'

const block = (lines: readonly string[]): string => `\`\`\`sh\n${lines.join('\n')}\n\`\`\``
const commandsOf = (steps: readonly KitStep[]) => steps.map(({ command }) => toPreview(command))

/** `RUNBOOK.md`: what an operator needs at the standby when neither the dashboard nor the network is there. */
export function buildRunbook({ places, standby, primary, database, stopSync, serve, fence, operationId }: Kit): string {
  const directory = kitDirectory(places)
  const look =
    database === null
      ? `\`cat ${places.state}/${places.slug}/file-role\` says \`standby\`.`
      : `\`${database.binDirectory}/psql -h ${database.socketDirectory} -p ${database.port} -d postgres -c 'select pg_is_in_recovery()'\` as ${database.osUser} says \`t\`.`
  return `# ${places.slug}: ${standby.name} takes over from ${primary.name}, by hand

For when the dashboard is not there. ${standby.name} (${standby.address}) is the standby, ${primary.name} (${primary.address}) the primary. Written by operation ${operationId};
every operation on the pair writes it anew.

## 1. See that ${primary.name} is dead, or fence it

Two hosts that accept writes are the end of both. If you can get to ${primary.name}, run there:

${block(fence.map(toPreview))}

If you can't: have it switched off, or its network taken away, and make sure that it does not come back by itself.

## 2. See that this is the standby

${look}

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
