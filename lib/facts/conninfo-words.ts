/**
 * The keywords of a connection string, in either form that libpq reads (PostgreSQL documentation 34.1.1): keywords and values, or a URI.
 * Names in small letters; of a value that stands twice the last counts. What can't be read is left out.
 */
export function parseConninfo(text: string): ReadonlyMap<string, string> {
  return /^postgres(?:ql)?:\/\//.test(text.trim()) ? fromUri(text.trim()) : fromWords(text)
}

function fromWords(text: string): ReadonlyMap<string, string> {
  const form = /([A-Za-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s\\]|\\.)*))/gs
  const plainOf = (value: string) => value.replaceAll(/\\(.)/gs, '$1')
  return new Map(
    [...text.matchAll(form)].map(([, name = '', quoted, plain]) => [
      name.toLowerCase(),
      plainOf(quoted ?? plain ?? ''),
    ]),
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function fromUri(text: string): ReadonlyMap<string, string> {
  const form =
    /^\w+:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?(\[[^\]]*\]|[^:/?,]*)(?::(\d+))?[^/?]*(?:\/([^?]*))?(?:\?(.*))?$/
  const [, user, password, host, port, dbname, query = ''] = form.exec(text) ?? []
  const parts = { user, password, host: host?.replace(/^\[|\]$/g, ''), port, dbname }
  const given = Object.entries(parts).flatMap(([name, value]) =>
    value ? [[name, decoded(value)] as const] : [],
  )
  const parameters = query
    .split('&')
    .filter((part) => part.includes('='))
    .map(
      (part) =>
        [part.slice(0, part.indexOf('=')).toLowerCase(), decoded(part.slice(part.indexOf('=') + 1))] as const,
    )
  return new Map([...given, ...parameters])
}
