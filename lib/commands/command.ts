/**
 * A command for a remote POSIX shell, as a value. `sh` is the only way to make one: every interpolated value is
 * quoted for sh(1), so a name can never become a word of the shell. A secret can't be interpolated at all: it goes
 * in on standard input (`withStdin`), so that it never stands in an argument list, a log or a page.
 */
export type RunAs =
  | 'login'
  /** By sudo: through `understudy-root` where it is installed, which permits the commands of its rights alone. */
  | 'root'
  /** By sudo without limits, past `understudy-root`: only to install or remove those rights. */
  | 'administrator'
  | 'database-owner'

export type Command = {
  /** POSIX shell text, run by `sh -c` with LC_ALL=C. */
  readonly text: string
  readonly as: RunAs
  /** Given on standard input; never shown. */
  readonly stdin: string | null
  /** True when `stdin` holds a secret: previews and logs then say so instead of showing it. */
  readonly stdinIsSecret: boolean
}

type Word = string | number | Command | readonly string[]

/** Single-quotes a value for sh(1) (POSIX.1-2017, Shell Command Language, 2.2.2). NUL can't be passed: throws. */
export function quote(value: string): string {
  if (value.includes('\0')) throw new RangeError('a NUL character cannot be passed to a command')
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

function toText(word: Word): string {
  if (typeof word === 'string') return quote(word)
  if (typeof word === 'number') return String(word)
  if ('text' in word) return word.text
  return word.map(quote).join(' ')
}

/**
 * Builds a command: literal parts are shell text, interpolated strings and lists are quoted, numbers printed,
 * and an interpolated Command contributes its text.
 */
export function sh(parts: TemplateStringsArray, ...words: readonly Word[]): Command {
  const text = parts.reduce((all, part, index) => {
    const word = words[index]
    return all + part + (word === undefined ? '' : toText(word))
  }, '')
  return { text, as: 'login', stdin: null, stdinIsSecret: false }
}

export const asRoot = (command: Command): Command => ({ ...command, as: 'root' })
export const asAdministrator = (command: Command): Command => ({ ...command, as: 'administrator' })
export const asDatabaseOwner = (command: Command): Command => ({ ...command, as: 'database-owner' })

export function withStdin(command: Command, content: string, isSecret: boolean): Command {
  return { ...command, stdin: content, stdinIsSecret: isSecret }
}

/** Commands one after another; the first that fails ends it (`&&`). All must run as the same user. */
export function all(first: Command, ...rest: readonly Command[]): Command {
  if (rest.some((command) => command.as !== first.as || command.stdin !== null))
    throw new RangeError('commands joined by all() must run as the same user and have no standard input')
  return { ...first, text: [first, ...rest].map((command) => command.text).join(' && ') }
}

/** The text for a plan, a log or a report: what runs, as whom, and that a secret goes in where one does. */
export function toPreview(command: Command): string {
  const suffix =
    command.stdin === null
      ? ''
      : command.stdinIsSecret
        ? '  # a secret on standard input'
        : '  # content on standard input'
  const isRoot = command.as === 'root' || command.as === 'administrator'
  const prefix = isRoot ? '# ' : command.as === 'database-owner' ? 'postgres$ ' : '$ '
  return `${prefix}${command.text}${suffix}`
}
