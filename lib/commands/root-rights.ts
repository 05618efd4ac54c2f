import { createHash } from 'node:crypto'
import { type Command, quote } from '@/lib/commands/command'
import { understudyRoot } from '@/lib/commands/host-files/understudy-root'
import { rootProgram } from '@/lib/commands/remote-shell'
import { AppError } from '@/lib/errors'

/**
 * What a login may do as root on a host, written down for `host/understudy-root`: the texts of the commands themselves, with a word
 * such as `@@number@@` where a value of that kind may stand.
 */
export type RootForm = {
  /** What it is for. */
  readonly title: string
  /** Its standard input: nothing, anything, or exactly the bytes with this sum. */
  readonly input: 'none' | 'any' | `sha256 ${string}`
  readonly text: string
}

/** Values that are known only when a command runs, by the kind under which the program checks them. */
export const anyValue = {
  machine: '0badcafe0badcafe0badcafe0badcafe',
  uuid: '0badcafe-0000-4000-8000-0000deadbeef',
  mark: '0badcafe',
  job: 'UNDERSTUDY-ANY-JOB',
  paths: '/UNDERSTUDY.ANY.PATHS',
  instant: '2001-02-03T04:05:06.789Z',
  offset: -987_654_321,
  number: 987_654_321,
} as const

const kinds = Object.keys(anyValue) as (keyof typeof anyValue)[]

/** Standard input with nothing in it that root would run: only its length is in the command, and any length will do. */
export type AnyInput = { readonly bytes: number }

/**
 * A command as a form. It was built by its own builder, of the pair's own values and of `anyValue`; the latter become words of
 * their kind. Throws INVALID_INPUT where a value of the pair looks like such a word itself.
 */
export function rootForm(title: string, command: Command, any: AnyInput | null = null): RootForm {
  const counted =
    any === null
      ? command.text
      : command.text
          .replaceAll(`-eq ${any.bytes} ]`, '-eq @@number@@ ]')
          .replaceAll(`-lt ${any.bytes + 4096} ]`, '-lt @@number@@ ]')
  const known = /@@(number|group)@@/g
  if (counted.replaceAll(known, '').includes('@@'))
    throw new AppError('INVALID_INPUT', 'A path or a command of this pair has “@@” in it.', {
      fix: 'Rights can’t be written down for it: sign in as root on this host, or use another name.',
    })
  const text = kinds.reduce((all, kind) => all.replaceAll(String(anyValue[kind]), `@@${kind}@@`), counted)
  return { title, input: inputOf(command, any), text }
}

function inputOf({ stdin }: Command, any: AnyInput | null): RootForm['input'] {
  if (any !== null) return 'any'
  return stdin === null || stdin === ''
    ? 'none'
    : `sha256 ${createHash('sha256').update(stdin).digest('hex')}`
}

const oneLine = (text: string) => text.replaceAll(/\p{Cc}/gu, ' ')

/**
 * The file with the rights of one login for one pair on one host. The same forms give the same bytes. It says its own sum (without that
 * line), so that one that was made for other needs is told from one that somebody has changed.
 */
export function buildRights(login: string, heading: readonly string[], forms: readonly RootForm[]): string {
  const blocks = forms.map(({ title, input, text }) =>
    [`= ${oneLine(title)}`, `< ${input}`, ...text.split('\n').map((line) => `\t${line}`), ''].join('\n'),
  )
  const [first = '', ...rest] = [`login: ${login}`, ...heading].map((line) => `# ${oneLine(line)}`)
  const textWith = (sum: readonly string[]) => [first, ...sum, ...rest, '', ...new Set(blocks)].join('\n')
  const sum = createHash('sha256').update(textWith([])).digest('hex')
  return textWith([`# sum: ${sum}`])
}

/** Its commands, each as its lines for people: what it is for, its standard input where it has any, and its text. */
function readRightsBlocks(rights: string): readonly string[] {
  const blocks = rights.split(/^(?== )/m).filter((block) => block.startsWith('= '))
  return blocks.map((block) => block.trimEnd().replace(/^< none\n/m, ''))
}

/** Lines `- ` of what is permitted and not needed, `+ ` of what is needed and not permitted; empty where both are the same. */
export function compareRights(installed: string, needed: string): string {
  const [before, after] = [readRightsBlocks(installed), readRightsBlocks(needed)]
  const marked = (mark: string, blocks: readonly string[], others: readonly string[]) =>
    blocks
      .filter((block) => !others.includes(block))
      .flatMap((block) => block.split('\n').map((line) => `${mark} ${line.replace(/^\t/, '  ')}`))
  return [...marked('-', before, after), ...marked('+', after, before)].join('\n')
}

export const rightsPath = (slug: string): string => `/etc/understudy-rights/${slug}`

/** sudo(8) skips names with a dot in this directory (sudoers(5), `@includedir`). */
export const sudoersPath = (user: string): string =>
  `/etc/sudoers.d/understudy-${user.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`

/** A name as a word of sudoers(5); a name in capitals would be an alias there, `ALL` everybody. Throws INVALID_INPUT. */
function sudoersUser(name: string): string {
  const isPlain = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/.test(name) && !/^[A-Z][A-Z0-9_]*$/.test(name)
  if (!isPlain)
    throw new AppError('INVALID_INPUT', `The user “${name}” can’t be named in sudoers.`, {
      fix: 'Sign in as a user whose name has letters, digits and . _ - only, and not capitals alone.',
    })
  return name.replaceAll(/[\\@]/g, '\\$&')
}

/**
 * The fragment of sudoers: two programs as root, and whatever the database's owner may do (if there is one) as that owner. Throws
 * INVALID_INPUT for a name that can't stand there, and for root as the database's owner: that would be everything.
 */
export function buildSudoers(user: string, databaseOwner: string | null): string {
  if (databaseOwner === 'root')
    throw new AppError(
      'INVALID_INPUT',
      'The database’s owner can’t be root: its rights would be everything.',
      {
        fix: 'Correct osUser in the profile: the user that PostgreSQL runs as.',
      },
    )
  const name = sudoersUser(user)
  const send = rootProgram.replace(/root$/, 'send')
  const asOwner = databaseOwner === null ? '' : `${name} ALL=(${sudoersUser(databaseOwner)}) NOPASSWD: ALL\n`
  return `# Understudy: as root only these two programs. The first runs what is written down in /etc/understudy-rights and nothing else,
# the second sends the directories of a pair to its standby. What is PostgreSQL's own is done as its owner.
Defaults:${name} !requiretty
${name} ALL=(root) NOPASSWD: ${rootProgram}, ${send}
${asOwner}`
}

export type HostRights = {
  readonly slug: string
  readonly user: string
  /** Content of `sudoersPath`, of `rightsPath` and of the program itself. */
  readonly sudoers: string
  readonly rights: string
  readonly program: string
}

export const hostRights = (
  slug: string,
  login: { user: string; databaseOwner: string | null },
  rights: string,
): HostRights => ({
  slug,
  user: login.user,
  sudoers: buildSudoers(login.user, login.databaseOwner),
  rights,
  program: understudyRoot,
})

/**
 * Shell text that takes the fragment of the login away that had the pair's rights before, unless other rights name it still: it lets
 * that login act as the database's owner.
 */
const endPredecessor = (user: string): string => `if [ "$before" != '' ]; then
  fragment=/etc/sudoers.d/understudy-$(printf %s "$before" | tr -c 'A-Za-z0-9_-' _)
  [ "$fragment" = ${sudoersPath(user)} ] || grep -qsxF -- "# login: $before" /etc/understudy-rights/* || rm -f -- "$fragment"
fi
`

const end = 'END_OF_UNDERSTUDY'

function put(path: string, mode: string, content: string): string {
  const body = content.endsWith('\n') ? content : `${content}\n`
  if (`\n${body}`.includes(`\n${end}\n`)) throw new RangeError(`a line of ${path} would end it`)
  return `put ${path} ${mode} <<'${end}'\n${body}${end}\n`
}

/** Exit codes of the script below that mean something of their own. */
export const installExitCodes = { notRoot: 4, noVisudo: 5, refused: 6, openPath: 7 } as const

const asRootOnly = `#!/bin/sh
set -eu
umask 022
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
[ "$(id -u)" = 0 ] || { echo 'Run this as root.' >&2; exit ${installExitCodes.notRoot}; }`

/**
 * The script that an administrator of the host runs as root, and that we run where the login may do so: each file is replaced at
 * once, and the fragment of sudoers last, after visudo(8) has read it; then that of the login which had these rights before goes.
 * Twice is the same as once.
 */
export function buildInstallScript({ slug, user, sudoers, rights, program }: HostRights): string {
  return `${asRootOnly}
command -v visudo >/dev/null || { echo 'visudo is not installed.' >&2; exit ${installExitCodes.noVisudo}; }

# Who may rename a folder above these files may put others in their place.
for folder in / /usr /usr/local /usr/local/lib /usr/local/lib/understudy /etc /etc/sudoers.d /etc/understudy-rights; do
  [ -e "$folder" ] || continue
  found=$(stat -Lc '%u %a %g' -- "$folder")
  case $found in
    '0 '*[2367]' '*) isOpen=yes ;; # others may write there
    '0 '*[2367]?' '*) # its group may
      case " $(id -G -- ${quote(user)}) " in *" \${found##* } "*) isOpen=yes ;; *) isOpen=no ;; esac ;;
    '0 '*) isOpen=no ;;
    *) isOpen=yes ;; # it is not root's
  esac
  [ "$isOpen" = no ] || { echo "$folder could be changed by others than root: nothing was permitted." >&2; exit ${installExitCodes.openPath}; }
done

put() { # put FILE MODE: standard input becomes the file
  new=$(mktemp -- "$1.XXXXXX")
  cat >"$new"
  chmod -- "$2" "$new"
  case $1 in /etc/sudoers.d/*)
    visudo -cqf "$new" || { rm -f -- "$new"; echo 'visudo refused the fragment: nothing was permitted.' >&2; exit ${installExitCodes.refused}; } ;;
  esac
  sync -- "$new"
  mv -fT -- "$new" "$1"
}

install -d -m 0755 -o root -g root /usr/local/lib/understudy /etc/understudy-rights
before=$(sed -n '1s/^# login: //p' ${rightsPath(slug)} 2>/dev/null || true)

${put(rootProgram, '0755', program)}
${put(rightsPath(slug), '0644', rights)}
${put(sudoersPath(user), '0440', sudoers)}
${endPredecessor(user)}`
}

/** Takes the pair's rights away, with the login's last ones its fragment, and with the last of all the program. */
export const buildRemoveScript = ({ slug, user }: Pick<HostRights, 'slug' | 'user'>): string => `${asRootOnly}
rm -f -- ${rightsPath(slug)}
grep -qsxF -- ${quote(`# login: ${user}`)} /etc/understudy-rights/* || rm -f -- ${sudoersPath(user)}
rmdir -- /etc/understudy-rights 2>/dev/null || true
if [ ! -e /etc/understudy-rights ]; then
  rm -f -- ${rootProgram}
  rmdir -- /usr/local/lib/understudy 2>/dev/null || true
fi
`
