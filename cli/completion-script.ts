import type { Command } from 'commander'

export const shells = ['bash', 'zsh'] as const
export type Shell = (typeof shells)[number]

/**
 * A script that completes the words of `program`: commands, commands of commands, and flags. For bash (programmable completion,
 * its manual 8.6); zsh runs the same by its `bashcompinit`. Names of pairs and hosts are not asked for: that would open the store
 * at each press of Tab.
 */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, program.name())
  const quoted = (path: string) => `'${path}'`
  const inner = places.slice(1).map(({ path }) => quoted(path))
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_understudy() {',
    `  local place=${quoted(program.name())} words='' at=1`,
    '  while [ "$at" -lt "$COMP_CWORD" ]; do',
    `    case "$place \${COMP_WORDS[at]}" in`,
    `      ${inner.join('|')}) place="$place \${COMP_WORDS[at]}" ;;`,
    '    esac',
    '    at=$((at + 1))',
    '  done',
    '  case "$place" in',
    ...places.map(({ path, words }) => `    ${quoted(path)}) words='${words.join(' ')}' ;;`),
    '  esac',
    `  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))`,
    '}',
    `complete -F _understudy ${program.name()}`,
  ].join('\n')
}

type Place = { readonly path: string; readonly words: readonly string[] }

/** Every command by its whole name, with what may stand after it. */
function placesOf(command: Command, path: string): readonly Place[] {
  const flags = command.options.flatMap(({ long }) => (long ? [long] : []))
  const words = [...command.commands.map((each) => each.name()), ...flags, '--help']
  return [{ path, words }, ...command.commands.flatMap((each) => placesOf(each, `${path} ${each.name()}`))]
}
