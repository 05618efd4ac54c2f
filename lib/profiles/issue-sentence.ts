import type { z } from 'zod'

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
}
const wordOf = (expected: string): string => words[expected] ?? expected

/** What is wrong with a value and how to mend it; begins with a verb, for the value's name to stand before it. */
export function issueSentence(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeSentence(issue.expected, issue.input)
    case 'too_small':
      return issue.origin === 'string' ? 'must not be empty' : `must be at least ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string'
        ? `must have at most ${issue.maximum} characters`
        : issue.origin === 'array'
          ? `must have at most ${issue.maximum} entries`
          : `must be at most ${issue.maximum}`
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message
    default:
      return issue.message
  }
}

function typeSentence(expected: string, input: unknown): string {
  const word = wordOf(expected)
  if (input === undefined) return `is missing; add it as ${word}`
  const isPlain = typeof input === 'number' || typeof input === 'boolean'
  return expected === 'string' && isPlain ? `must be ${word}; put it in quotes` : `must be ${word}`
}
