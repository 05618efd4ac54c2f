import { Option } from 'commander'
import { stringify } from 'yaml'

const outputFormats = ['table', 'json', 'yaml'] as const
export type OutputFormat = (typeof outputFormats)[number]

export const outputOption = (): Option =>
  new Option('-o, --output <format>', 'how to print').choices([...outputFormats]).default('table')

/** Prints a value for programs, or `toText` of it for people. */
export function print<T>(value: T, format: OutputFormat, toText: (value: T) => string): void {
  writeOut(
    format === 'json' ? JSON.stringify(value, null, 2) : format === 'yaml' ? stringify(value) : toText(value),
  )
}

/** One piece of text on standard output, ended by exactly one newline. */
export function writeOut(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** For what is said to a person and must not end up in a file that the output is written to. */
export function writeNote(text: string): void {
  process.stderr.write(text.endsWith('\n') ? text : `${text}\n`)
}

/** Whether a person sits at both ends. */
export const isInteractive = (): boolean => Boolean(process.stdin.isTTY && process.stdout.isTTY)
