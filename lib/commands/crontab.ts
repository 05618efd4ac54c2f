import { type Command, sh } from '@/lib/commands/command'
import { withWholeInput } from '@/lib/commands/whole-input'

/**
 * The login user's own crontab (crontab(1)) as text. What we put there stands in marked blocks behind everything else; a line
 * of somebody else's that must not run for a while is kept as a comment. Both are taken back byte for byte.
 */

/**
 * Prints the crontab; nothing where crontab(1) says that there is none (exit code 1 and `no crontab for USER`, in Debian's cron and in
 * cronie). Everything else that ends with 1, such as a user who may not use it or a spool that can't be read, is a failure with
 * what it said: it must not look empty.
 */
export const readCrontab = (): Command => sh`{ said=$(LC_ALL=C crontab -l 2>&1 >&3 3>&-); code=$?; } 3>&1
case $code:$said in 0:* | '1:no crontab for '*) exit 0 ;; esac
printf '%s\\n' "$said" >&2; exit "$code"`

/**
 * Puts `content` in its place; a user without a line has no crontab at all. Cut off, crontab(1) would take what had come for all of it,
 * and lose every line of its user. The file is its standard input: Debian's cron writes the name of what was read into the crontab.
 */
export const writeCrontab = (content: string): Command =>
  content === '' ? sh`crontab -r` : withWholeInput(sh`crontab - <"$input"`, content, true)

const beginOf = (name: string) => `# BEGIN understudy ${name} (managed: changes between these lines are lost)`
const endOf = (name: string) => `# END understudy ${name}`

/** Exit code 0 when the crontab has the block. */
export const findCrontabBlock = (name: string): Command =>
  sh`crontab -l 2>/dev/null | grep -qxF -- ${beginOf(name)}`

const blockOf = (name: string, lines: readonly string[]) =>
  `${[beginOf(name), ...lines, endOf(name)].join('\n')}\n`

export const hasCrontabBlock = (content: string, name: string, lines: readonly string[]): boolean =>
  `\n${content}`.includes(`\n${blockOf(name, lines)}`)

/** The crontab with the block last. Twice is the same as once. */
export function putCrontabBlock(content: string, name: string, lines: readonly string[]): string {
  const rest = removeCrontabBlock(content, name)
  return `${rest}${rest === '' || rest.endsWith('\n') ? '' : '\n'}${blockOf(name, lines)}`
}

/** The crontab without the block. Throws RangeError where somebody has removed its end. */
export function removeCrontabBlock(content: string, name: string): string {
  const begin = `\n${content}`.indexOf(`\n${beginOf(name)}\n`)
  if (begin === -1) return content
  const end = content.indexOf(`${endOf(name)}\n`, begin)
  if (end === -1) throw new RangeError(`the managed block ${name} in the crontab has no end`)
  return content.slice(0, begin) + content.slice(end + endOf(name).length + 1)
}

/** What stands before a line that is held under this name. */
export const heldBy = (name: string) => `# held by understudy ${name}: `

const changeLines = (content: string, change: (line: string) => string) =>
  content.split('\n').map(change).join('\n')

/** Makes comments of the lines that `isHeld` chooses. Comments and what is held already stay as they are. */
export const holdCrontabLines = (content: string, name: string, isHeld: (line: string) => boolean): string =>
  changeLines(content, (line) =>
    !line.trimStart().startsWith('#') && isHeld(line) ? heldBy(name) + line : line,
  )

/** Takes `holdCrontabLines` of this name back, of all lines or of those that `isReleased` chooses as they were. */
export const releaseCrontabLines = (
  content: string,
  name: string,
  isReleased: (line: string) => boolean = () => true,
): string =>
  changeLines(content, (line) => {
    const was = line.startsWith(heldBy(name)) ? line.slice(heldBy(name).length) : null
    return was !== null && isReleased(was) ? was : line
  })

/** Lines held under this name, as they were. */
export const heldCrontabLines = (content: string, name: string): readonly string[] =>
  content
    .split('\n')
    .flatMap((line) => (line.startsWith(heldBy(name)) ? [line.slice(heldBy(name).length)] : []))

/** Lines that cron runs at boot (crontab(5), EXTENSIONS), without comments. */
export const bootLines = (content: string): readonly string[] =>
  content.split('\n').filter((line) => /^\s*@reboot\s/.test(line))

/** As text of a basic regular expression (POSIX.1-2017, 9.3). */
const literally = (text: string) => text.replaceAll(/[.[\]*^$\\/]/g, '\\$&')

/**
 * The crontab edited on the host itself by sed(1), where nobody is there who could edit the text. By files, and each step only after the one
 * before: a pipe that breaks off would leave what had come so far, or nothing, for the whole of it.
 */
const edit = (script: string): Command =>
  sh`work=$(mktemp -d) && { (
${readCrontab()}
) >"$work/old" && sed ${script} "$work/old" >"$work/new" && { cmp -s -- "$work/old" "$work/new" || crontab - <"$work/new"; }
code=$?; rm -rf -- "$work"; [ "$code" = 0 ]; }`

/** The block taken out. */
export const takeOutCrontabBlock = (name: string): Command =>
  edit(`/^${literally(beginOf(name))}$/,/^${literally(endOf(name))}$/d`)

/** Lines that are held are lines again. */
export const releaseHeldLines = (name: string): Command => edit(`s/^${literally(heldBy(name))}//`)
