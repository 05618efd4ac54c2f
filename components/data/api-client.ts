import type { ErrorCode, PublicError } from '@/lib/errors'

/** What a call to the dashboard's own HTTP door ended with, when it did not end well. */
export type Problem = Omit<PublicError, 'code'> & { readonly code: ErrorCode | 'NO_CONNECTION' }

/** Thrown by every call of this client. */
class ApiProblem extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.name = 'ApiProblem'
    this.problem = problem
  }
}

const noConnection: Problem = {
  code: 'NO_CONNECTION',
  message: 'The dashboard did not answer.',
  fix: 'Check that it runs and that this computer reaches it, then try again.',
}

const unreadable: Problem = {
  code: 'INTERNAL',
  message: 'The dashboard answered with something that this page can’t read.',
  fix: 'Reload the page; if it happens again, look into the dashboard’s own log.',
}

type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  body?: unknown
  idempotencyKey?: string
  /** The request goes on when its page is left. */
  outlivesPage?: boolean
}

/** Of a body that outlives its page browsers take 64 KiB at most; a character of a string has at most 3 bytes. */
const outlivingCharactersMax = 20_000

/** The problem that any thrown value stands for; what is not ours is a lost connection or a fault of the page. */
export function toProblem(error: unknown): Problem {
  return error instanceof ApiProblem ? error.problem : unreadable
}

async function call<T>(
  { method, path, body, idempotencyKey, outlivesPage = false }: Call,
  signal?: AbortSignal,
): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey
  const text = body === undefined ? null : JSON.stringify(body)
  const response = await fetch(`/api/v1${path}`, {
    method,
    headers,
    body: text,
    keepalive: outlivesPage && text !== null && text.length <= outlivingCharactersMax,
    cache: 'no-store',
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem(noConnection)
  })
  if (response.status === 204) return undefined as T
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok) throw new ApiProblem(parseProblem(answer))
  if (answer === null) throw new ApiProblem(unreadable)
  return answer as T
}

function parseProblem(answer: unknown): Problem {
  if (typeof answer !== 'object' || answer === null || !('code' in answer) || !('message' in answer))
    return unreadable
  return answer as Problem
}

type Options = Pick<Call, 'idempotencyKey' | 'outlivesPage'>

/** The typed client of `docs/http.md`; paths without `/api/v1`. Every method throws ApiProblem. */
export const apiClient = {
  get: <T>(path: string, signal?: AbortSignal) => call<T>({ method: 'GET', path }, signal),
  post: <T>(path: string, body?: unknown, options: Options = {}) =>
    call<T>({ method: 'POST', path, body: body ?? {}, ...options }),
  put: <T>(path: string, body: unknown, options: Options = {}) =>
    call<T>({ method: 'PUT', path, body, ...options }),
  remove: (path: string, body?: unknown) =>
    call<undefined>({ method: 'DELETE', path, ...(body === undefined ? {} : { body }) }),
}
