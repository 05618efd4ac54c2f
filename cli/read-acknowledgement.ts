import { askText } from '@/cli/ask'
import { isInteractive } from '@/cli/output'
import { AppError } from '@/lib/errors'

/**
 * The words that a plan asks for, as they were given with `option` or typed on the terminal; `--yes` never stands in for
 * them. Throws INVALID_INPUT where they are others, and with `missing` where nobody gave any.
 */
export async function readAcknowledgement(
  words: string,
  given: string | undefined,
  { option, missing }: { readonly option: string; readonly missing: string },
): Promise<string> {
  if (words === '') return ''
  if (given !== undefined) {
    if (given === words) return given
    throw new AppError('INVALID_INPUT', `The words given with ${option} are not those of this plan.`, {
      fix: `They are: ${words}`,
    })
  }
  if (isInteractive()) return askText(`Type exactly: ${words}`, option)
  throw new AppError('INVALID_INPUT', missing, { fix: `Give ${option} "${words}"` })
}
