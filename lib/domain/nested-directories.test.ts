import { expect, test } from 'vitest'
import { nestedIn, outermostAround, outermostOf } from '@/lib/domain/nested-directories'

const vault = { id: 'vault', path: '/opt/app/vault' }
const reports = { id: 'reports', path: '/opt/app/vault/reports' }
const drafts = { id: 'drafts', path: '/opt/app/vault/reports/drafts' }
const vaults = { id: 'vaults', path: '/opt/app/vaults' }
const all = [reports, drafts, vaults, vault]

test('only what lies in no other directory is outermost; a longer name is not inside', () => {
  expect(outermostOf(all)).toEqual([vaults, vault])
  expect(outermostOf([])).toEqual([])
})

test('the outermost directory around a nested one is found at any depth', () => {
  expect(outermostAround(drafts, all)).toBe(vault)
  expect(outermostAround(reports, all)).toBe(vault)
  expect(outermostAround(vaults, all)).toBe(vaults)
})

test('each file is carried by exactly one sync: the nearest directory around it', () => {
  expect(nestedIn(vault, all)).toEqual(['/reports'])
  expect(nestedIn(reports, all)).toEqual(['/drafts'])
  expect(nestedIn(vaults, all)).toEqual([])
})
