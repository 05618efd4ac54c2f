import { asDatabaseOwner, type Command, sh } from '@/lib/commands/command'

const autoConf = (dataDirectory: string) => `${dataDirectory}/postgresql.auto.conf`

/** Where postgresql.auto.conf is kept as it was before an operation changed it by hand: beside it. */
export const keptAutoConfPath = (dataDirectory: string, mark: string): string =>
  `${autoConf(dataDirectory)}.understudy-${mark}`

/** Keeps it as it is, once: what an operation that runs again finds has been changed already. */
export const keepAutoConf = (dataDirectory: string, mark: string): Command =>
  asDatabaseOwner(sh`kept=${keptAutoConfPath(dataDirectory, mark)}; conf=${autoConf(dataDirectory)}
[ -e "$kept" ] && exit 0
if [ -e "$conf" ]; then cp -p -- "$conf" "$kept.new"; else : >"$kept.new"; fi && sync -- "$kept.new" && mv -fT -- "$kept.new" "$kept"`)

/** Gives it back as it was kept; nothing where it was not. */
export const bringAutoConfBack = (dataDirectory: string, mark: string): Command =>
  asDatabaseOwner(
    sh`kept=${keptAutoConfPath(dataDirectory, mark)}; [ ! -e "$kept" ] || { mv -fT -- "$kept" ${autoConf(dataDirectory)} && sync -- ${dataDirectory}; }`,
  )

/** Does away with what was kept: nobody goes back to it. */
export const forgetKeptAutoConf = (dataDirectory: string, mark: string): Command =>
  asDatabaseOwner(sh`rm -f -- ${keptAutoConfPath(dataDirectory, mark)}`)
