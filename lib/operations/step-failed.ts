import { AppError } from '@/lib/errors'

/** What a step's `verify` throws when the effect is not seen. */
export const stepFailed = (message: string, fix: string, detail = ''): AppError =>
  new AppError('STEP_FAILED', message, { fix, detail })
