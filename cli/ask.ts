import { text as readStream } from 'node:stream/consumers'
import { confirm, isCancel, password, text } from '@clack/prompts'
import { isInteractive } from '@/cli/output'
import { AppError } from '@/lib/errors'

const stopped = () => new AppError('CANCELLED', 'Nothing was done.')

/** Asks yes or no, unless `yes` was said already. Throws CANCELLED on no, INVALID_INPUT where nobody can answer. */
export async function confirmOrStop(message: string, { yes }: { yes: boolean }): Promise<void> {
  if (yes) return
  if (!isInteractive())
    throw new AppError('INVALID_INPUT', 'This needs a confirmation, and there is no terminal to ask on.', {
      fix: 'Give --yes once you have read the plan.',
    })
  const answer = await confirm({ message, initialValue: false })
  if (isCancel(answer) || !answer) throw stopped()
}

/** One line of text from the terminal. */
export async function askText(message: string, missing: string): Promise<string> {
  if (!isInteractive()) throw new AppError('INVALID_INPUT', `${missing} is missing.`, { fix: 'See --help.' })
  const answer = await text({ message })
  if (isCancel(answer)) throw stopped()
  return answer ?? ''
}

/** A secret, typed without being shown, or the whole of standard input (less the last newline) where there is no terminal. */
export async function askSecret(message: string): Promise<string> {
  if (!isInteractive()) return (await readStream(process.stdin)).replace(/\r?\n$/, '')
  const answer = await password({ message })
  if (isCancel(answer)) throw stopped()
  return answer
}
