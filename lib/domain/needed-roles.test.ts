import { expect, test } from 'vitest'
import { neededForOperations, neededRoles, whyNotAllowed } from '@/lib/domain/needed-roles'
import { actionIds } from '@/lib/domain/states'
import { userRoles } from '@/lib/domain/user'

test('a viewer may do nothing to a pair, and is told which role it needs', () => {
  for (const action of actionIds)
    expect(whyNotAllowed('viewer', neededRoles[action])).toBe(
      `This needs the role ${neededRoles[action]}; yours is viewer.`,
    )
  expect(whyNotAllowed('viewer', neededForOperations)).not.toBeNull()
})

test('each role may do what the one before it may', () => {
  for (const [index, role] of userRoles.entries())
    for (const [needed, name] of userRoles.entries())
      expect(whyNotAllowed(role, name) === null).toBe(index >= needed)
})
