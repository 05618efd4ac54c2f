import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { printOperationStates } from '@/lib/domain/operation-states-table'

const path = fileURLToPath(new URL('../../docs/operation-states.md', import.meta.url))

test('the document says what the transition table says', () => {
  expect(readFileSync(path, 'utf8')).toBe(printOperationStates())
})
