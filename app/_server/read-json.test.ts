import { expect, test } from 'vitest'
import { readJson } from '@/app/_server/read-json'

const request = (body: string, type = 'application/json') =>
  new Request('http://localhost/', { method: 'POST', body, headers: { 'content-type': type } })

test('a JSON object is read, an empty body is an empty object', async () => {
  expect(await readJson(request('{"a":[1]}', 'application/json; charset=utf-8'))).toEqual({ a: [1] })
  expect(await readJson(new Request('http://localhost/', { method: 'POST' }))).toEqual({})
})

test.each([
  ['a form', request('a=1', 'application/x-www-form-urlencoded')],
  ['plain text, which any site may send', request('{"a":1}', 'text/plain')],
  ['what is no JSON', request('{"a":')],
  ['a list', request('[1]')],
  ['null', request('null')],
  ['more than 1 MiB', request(JSON.stringify({ a: 'x'.repeat(1_048_577) }))],
])('%s is refused', async (_name, given) => {
  await expect(readJson(given)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
})

test('a refused body is not repeated: it may hold a secret', async () => {
  const error = await readJson(request('{"password":"hunter2"')).catch((thrown: unknown) => thrown)
  expect(JSON.stringify(error)).not.toContain('hunter2')
  expect(String(error)).not.toContain('hunter2')
})
