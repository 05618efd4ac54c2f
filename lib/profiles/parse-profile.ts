import type { Alias, Document, Node } from 'yaml'
import { isNode, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { asOneLine } from '@/lib/domain/one-line'
import { AppError } from '@/lib/errors'
import { issueSentence } from '@/lib/profiles/issue-sentence'
import { type Profile, profileSchema } from '@/lib/profiles/schema'

type ProfileProblem = {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
  /** What is wrong and how to mend it. */
  readonly sentence: string
}

type Path = readonly PropertyKey[]
type At = (offset: number) => { readonly line: number; readonly column: number }

/** `${NAME}` */
const reference = /\$\{([A-Za-z0-9_]+)\}/

const formatPath = (path: Path) =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key),
    '',
  )

/**
 * Reads a profile from YAML text.
 * @throws AppError PROFILE_INVALID with every problem found, each as `file:line:column: what and how to mend it`.
 */
export function parseProfile(text: string, file: string): Profile {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    logLevel: 'error',
    prettyErrors: false,
  })
  const at: At = (offset) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const problems: ProfileProblem[] = document.errors.map((error) => ({
    file,
    ...at(error.pos[0]),
    sentence: `this is not valid YAML; correct it here: ${error.message.split('\n')[0] ?? ''}`,
  }))
  if (problems.length === 0) problems.push(...aliasProblems(document, file, at))
  if (problems.length === 0) problems.push(...substituteVariables(document, file, at))
  if (problems.length === 0) {
    const parsed = profileSchema.safeParse(document.toJS(), { reportInput: true })
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) problems.push(...toProblems(issue, document, file, at))
  }
  throw profileInvalid(file, problems)
}

function profileInvalid(file: string, problems: readonly ProfileProblem[]): AppError {
  // A key of the file stands in its sentence, whatever it is made of.
  const list = problems.map(({ line, column, sentence }) =>
    asOneLine(`${file}:${line}:${column}: ${sentence}`),
  )
  return new AppError('PROFILE_INVALID', list.join('\n'), {
    fix: `Mend ${file} at the place${list.length > 1 ? 's' : ''} named and load it again.`,
  })
}

/**
 * An alias (`*name`) stands for what an anchor (`&name`) before it marks. One without an anchor, and a file that grows beyond all
 * measure by its aliases, can't be read; the library tells both by a ReferenceError.
 */
function aliasProblems(document: Document, file: string, at: At): ProfileProblem[] {
  try {
    document.toJS()
    return []
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
  }
  const aliases: Alias[] = []
  visit(document, { Alias: (_key, alias) => void aliases.push(alias) })
  const problem = (alias: Alias | undefined, sentence: string): ProfileProblem => ({
    file,
    ...at(alias?.range?.[0] ?? 0),
    sentence,
  })
  const unresolved = aliases.filter((alias) => alias.resolve(document) === undefined)
  return unresolved.length > 0
    ? unresolved.map((alias) =>
        problem(
          alias,
          `the alias *${alias.source} has no anchor &${alias.source} before it; write out what is meant`,
        ),
      )
    : [problem(aliases.at(-1), 'the aliases of this file stand for too much; write out what is meant')]
}

/** Replaces `${NAME}` in every text by the profile's own variables; an unknown name is a problem with its place. */
function substituteVariables(document: Document, file: string, at: At): ProfileProblem[] {
  const variables = readVariables(document.toJS())
  const problems: ProfileProblem[] = []
  const problemAt = (node: Node, sentence: string) =>
    problems.push({ file, ...at(node.range?.[0] ?? 0), sentence })
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value !== 'string') return
      node.value = node.value.replace(new RegExp(reference, 'g'), (whole, name: string) => {
        const value = variables.get(name)
        const known = [...variables.keys()].join(', ') || 'none'
        if (value === undefined)
          problemAt(
            node,
            `the variable ${whole} is not defined; define it under variables (defined now: ${known})`,
          )
        else if (reference.test(value))
          problemAt(node, `the variable ${whole} stands for another variable; write its value out`)
        return value ?? whole
      })
    },
  })
  return problems
}

function readVariables(root: unknown): ReadonlyMap<string, string> {
  if (typeof root !== 'object' || root === null || !('variables' in root)) return new Map()
  const { variables } = root
  if (typeof variables !== 'object' || variables === null) return new Map()
  return new Map(
    Object.entries(variables).flatMap(([name, value]): [string, string][] =>
      // One that is not a text is told by the schema, at its own place and once.
      typeof value === 'object' ? [] : [[name, String(value)]],
    ),
  )
}

function toProblems(issue: z.core.$ZodIssue, document: Document, file: string, at: At): ProfileProblem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      file,
      ...at(keyOffsetOf(document, [...issue.path, key])),
      sentence: `${formatPath([...issue.path, key])} is not a key of a profile; remove it or correct its spelling`,
    }))
  const name = formatPath(issue.path) || 'the profile'
  return [{ file, ...at(offsetOf(document, issue.path)), sentence: `${name} ${issueSentence(issue)}` }]
}

/** Where a path stands in the text: its value, or the nearest parent that exists. */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return document.contents?.range?.[0] ?? 0
}

/** Where the key itself stands, which is where a spelling is mended. */
function keyOffsetOf(document: Document, path: Path): number {
  let offset = offsetOf(document, path)
  visit(document, {
    Pair(_key, pair) {
      if (pair.value !== document.getIn(path, true) || !isNode(pair.key) || !pair.key.range) return undefined
      offset = pair.key.range[0]
      return visit.BREAK
    },
  })
  return offset
}
