import { Option } from 'commander'
import type { PairCommand, PairFlags } from '@/cli/pair-command'
import { pauseParts } from '@/lib/domain/pause'
import { AppError } from '@/lib/errors'

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

type Flags = PairFlags & { readonly what?: unknown; readonly for?: unknown; readonly until?: unknown }

/** When it ends: as given, or so long from now. Throws INVALID_INPUT. */
function endOf({ until, for: length }: Flags, nowMs: number): string {
  if (typeof until === 'string') return until
  const [, count = '', unit = ''] = /^(\d{1,5})([mhd])$/.exec(String(length)) ?? []
  const ms = Number(count) * (unitMs[unit] ?? 0)
  if (ms > 0) return new Date(nowMs + ms).toISOString()
  throw new AppError('INVALID_INPUT', 'A pause has an end.', {
    fix: 'Give --for with minutes, hours or days, e.g. --for 90m, 2h or 1d; or --until 2026-11-23T04:30:00Z.',
  })
}

/** `understudy pause`: file sync, replay or both stand still until a given time. */
export const pauseCommand: PairCommand = {
  operation: 'pause',
  about: 'what pausing file sync or replay would do',
  question: (view) => `Pause on ${view.hosts.standby.name}?`,
  withOptions: (command) =>
    command
      .requiredOption('--what <parts>', `what to pause: ${pauseParts.join(', ')}, or both with a comma`)
      .addOption(new Option('--for <length>', 'how long, e.g. 90m, 2h or 1d').conflicts('until'))
      .option('--until <instant>', 'until when, with its zone, e.g. 2026-11-23T04:30:00Z'),
  toOptions: (flags: Flags) => ({
    what: String(flags.what)
      .split(',')
      .map((part) => part.trim()),
    until: endOf(flags, Date.now()),
  }),
  help: `
It is resumed by itself at its end, also when the dashboard was restarted meanwhile; before that with understudy resume. At
least a minute, at most 7 days. Pausing again sets a new end.`,
}
