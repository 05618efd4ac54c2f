import { AppError } from '@/lib/errors'

/** A private key and a plan's answers fit many times over. */
const maxBytes = 1_048_576

/**
 * The body of a request as a JSON object; an empty body is an empty object. Throws INVALID_INPUT for another media type
 * (a form of another site can't send JSON), for what is too long and for what is no JSON object.
 */
export async function readJson(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(request)
  if (text.trim() === '') return {}
  if (!/^application\/json\b/.test(request.headers.get('content-type') ?? ''))
    throw bad('The content type must be application/json.')
  const value = parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad('The body must be a JSON object.')
  return { ...value }
}

const bad = (message: string) => new AppError('INVALID_INPUT', message, { fix: 'See docs/http.md.' })

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw bad('The body is not JSON.')
  }
}

async function readText(request: Request): Promise<string> {
  if (!request.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of request.body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw bad('The body is longer than 1 MiB.')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
