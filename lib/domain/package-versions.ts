import type { PackageKind } from '@/lib/domain/packages'

/** Below zero, zero or above: how one version stands to another. */
type Compare = (one: string, other: string) => number

const byNumber: Compare = (one, other) => {
  const [a, b] = [BigInt(one || '0'), BigInt(other || '0')]
  return a < b ? -1 : a > b ? 1 : 0
}

/** The first of them that is not zero. */
const firstOf = (...results: readonly number[]): number => results.find((result) => result !== 0) ?? 0

/** In deb-version(7) `~` comes before the end, letters before everything else. */
const debOrder = (char: string): number =>
  char === '' ? 0 : char === '~' ? -1 : /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256

/** Not digits and digits in turn, as deb-version(7) says. */
function compareDebPart(one: string, other: string): number {
  let [a, b] = [one, other]
  while (a !== '' || b !== '') {
    const [textA = '', textB = ''] = [/^\D*/.exec(a)?.[0], /^\D*/.exec(b)?.[0]]
    for (let at = 0; at < Math.max(textA.length, textB.length); at += 1) {
      const difference = debOrder(textA.charAt(at)) - debOrder(textB.charAt(at))
      if (difference !== 0) return difference
    }
    ;[a, b] = [a.slice(textA.length), b.slice(textB.length)]
    const [digitsA = '', digitsB = ''] = [/^\d*/.exec(a)?.[0], /^\d*/.exec(b)?.[0]]
    const difference = byNumber(digitsA, digitsB)
    if (difference !== 0) return difference
    ;[a, b] = [a.slice(digitsA.length), b.slice(digitsB.length)]
  }
  return 0
}

/** `epoch:`, what comes before the last dash, and what comes behind it. */
function partsOf(version: string): readonly [epoch: string, upstream: string, revision: string] {
  const [, epoch = '', rest = ''] = /^(?:(\d+):)?(.*)$/.exec(version) ?? []
  const dash = rest.lastIndexOf('-')
  return dash < 0 ? [epoch, rest, ''] : [epoch, rest.slice(0, dash), rest.slice(dash + 1)]
}

const compareDeb: Compare = (one, other) => {
  const [a, b] = [partsOf(one), partsOf(other)]
  return firstOf(byNumber(a[0], b[0]), compareDebPart(a[1], b[1]), compareDebPart(a[2], b[2]))
}

const segmentsOf = (text: string): readonly string[] => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? []

/** Which of two segments, or ends, comes later (rpmvercmp of rpm(8)): `~` before the end, the end before `^`, that before all else, numbers last. */
function rankOf(segment: string | undefined): number {
  if (segment === '~') return 0
  if (segment === undefined) return 1
  if (segment === '^') return 2
  return /^\d/.test(segment) ? 4 : 3
}

function compareRpmPart(one: string, other: string): number {
  const [a, b] = [segmentsOf(one), segmentsOf(other)]
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at], b[at]]
    const difference = rankOf(left) - rankOf(right)
    if (difference !== 0) return difference
    if (left === undefined || right === undefined) continue
    const order = rankOf(left) === 4 ? byNumber(left, right) : left < right ? -1 : left > right ? 1 : 0
    if (order !== 0) return order
  }
  return 0
}

const compareRpm: Compare = (one, other) => {
  const [a, b] = [partsOf(one), partsOf(other)]
  return firstOf(byNumber(a[0], b[0]), compareRpmPart(a[1], b[1]), compareRpmPart(a[2], b[2]))
}

/** PEP 440, normalised as far as it orders versions. */
const pythonVersion =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[._-]?(a|b|c|rc|alpha|beta|pre|preview)[._-]?(\d*))?(?:(?:-(\d+))|(?:[._-]?(post|rev|r)[._-]?(\d*)))?(?:[._-]?(dev)[._-]?(\d*))?(?:\+([a-z0-9]+(?:[._-][a-z0-9]+)*))?$/i

const before: Readonly<Record<string, number>> = { a: 1, alpha: 1, b: 2, beta: 2 }

type Python = {
  readonly epoch: string
  readonly release: readonly string[]
  /** A development release of the release itself comes before all that are before it. */
  readonly pre: readonly [rank: number, number: string]
  readonly post: readonly [rank: number, number: string]
  readonly dev: readonly [rank: number, number: string]
  readonly local: readonly string[]
}

function toPython(version: string): Python | null {
  const [
    all,
    epoch = '',
    release = '',
    pre,
    preNumber = '',
    short,
    post,
    postNumber = '',
    dev,
    devNumber = '',
    local,
  ] = pythonVersion.exec(version) ?? []
  if (all === undefined) return null
  const isPost = short !== undefined || post !== undefined
  const rank = pre !== undefined ? (before[pre.toLowerCase()] ?? 3) : dev !== undefined && !isPost ? 0 : 4
  return {
    epoch,
    release: release.split('.'),
    pre: [rank, preNumber],
    post: [isPost ? 1 : 0, short ?? postNumber],
    dev: [dev === undefined ? 1 : 0, devNumber],
    local: local === undefined ? [] : local.toLowerCase().split(/[._-]/),
  }
}

const compareRanked = (a: readonly [number, string], b: readonly [number, string]): number =>
  firstOf(a[0] - b[0], byNumber(a[1], b[1]))

function compareLists(a: readonly string[], b: readonly string[], missing: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left = missing, right = missing] = [a[at], b[at]]
    const ranks = [left, right].map((part) => (part === '' ? 0 : /^\d+$/.test(part) ? 2 : 1))
    const difference = (ranks[0] ?? 0) - (ranks[1] ?? 0)
    if (difference !== 0) return difference
    const order = ranks[0] === 2 ? byNumber(left, right) : left < right ? -1 : left > right ? 1 : 0
    if (order !== 0) return order
  }
  return 0
}

/** Null where one of them is no version by PEP 440. */
function comparePython(one: string, other: string): number | null {
  const [a, b] = [toPython(one), toPython(other)]
  if (!a || !b) return null
  return firstOf(
    byNumber(a.epoch, b.epoch),
    compareLists(a.release, b.release, '0'),
    compareRanked(a.pre, b.pre),
    compareRanked(a.post, b.post),
    compareRanked(a.dev, b.dev),
    compareLists(a.local, b.local, ''),
  )
}

/**
 * How a version stands to another by the rules of its own tool (deb-version(7), rpmvercmp of rpm, PEP 440): below zero where it is older. Null
 * where its tool could not tell.
 */
export function compareVersions(kind: PackageKind, one: string, other: string): number | null {
  if (kind === 'pip') return comparePython(one, other)
  return kind === 'deb' ? compareDeb(one, other) : compareRpm(one, other)
}
