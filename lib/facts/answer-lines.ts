import { AppError } from '@/lib/errors'

/** Reads `key rest of the line`, one a line; a key may come again. */
export function parseAnswerLines(text: string): ReadonlyMap<string, readonly string[]> {
  const answers = new Map<string, string[]>()
  for (const line of text.split('\n')) {
    const space = line.indexOf(' ')
    const key = space < 0 ? line : line.slice(0, space)
    if (key === '') continue
    const values = answers.get(key) ?? []
    values.push(space < 0 ? '' : line.slice(space + 1))
    answers.set(key, values)
  }
  return answers
}

/** The answer under a key. Throws AppError HOST_COMMAND_FAILED when it is missing. */
export function requiredAnswer(answers: ReadonlyMap<string, readonly string[]>, key: string): string {
  const value = answers.get(key)?.[0]
  if (value === undefined)
    throw new AppError('HOST_COMMAND_FAILED', 'The host’s answer about itself is not complete.', {
      fix: 'Look whether /proc is mounted and readable on the host.',
      detail: `no ${key} among ${[...answers.keys()].join(', ')}`,
    })
  return value
}
