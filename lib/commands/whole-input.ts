import { type Command, sh, withStdin } from '@/lib/commands/command'

/** Exit code where standard input was cut off before its end; nothing was done with what had come. */
export const cutOff = 75

/**
 * A command that reads its input from the file `"$input"`, which nobody else may read, and is not run unless all of it has come: a
 * dashboard that dies, or a connection that is lost, looks like the end of the input.
 */
export function withWholeInput(command: Command, content: string, isSecret: boolean): Command {
  const whole = sh`input=$(mktemp) && trap 'rm -f -- "$input"' EXIT && cat >"$input" || exit 1
[ "$(wc -c <"$input")" -eq ${Buffer.byteLength(content)} ] || exit ${cutOff}
${command}`
  return withStdin({ ...whole, as: command.as }, content, isSecret)
}
