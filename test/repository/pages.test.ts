import { expect, test } from 'vitest'
import { listFiles, readSource } from './source-files'

/** Which picture of the browser tests shows which page. A page without one has never been looked at. */
const pictures: Readonly<Record<string, string>> = {
  'app/setup/page.tsx': 'setup',
  'app/login/page.tsx': 'login',
  'app/(dashboard)/page.tsx': 'pairs',
  'app/(dashboard)/pairs/new/page.tsx': 'create-plan',
  'app/(dashboard)/pairs/[pair]/page.tsx': 'live-protected',
  'app/(dashboard)/pairs/[pair]/promote/page.tsx': 'promote-loss',
  'app/(dashboard)/pairs/[pair]/[operation]/page.tsx': 'fence',
  'app/(dashboard)/pairs/[pair]/logs/page.tsx': 'logs',
  'app/(dashboard)/pairs/[pair]/drills/page.tsx': 'drills',
  'app/(dashboard)/operations/[operation]/page.tsx': 'operation',
  'app/(dashboard)/hosts/page.tsx': 'hosts',
  'app/(dashboard)/audit/page.tsx': 'audit',
  'app/(dashboard)/settings/users/page.tsx': 'users',
  'app/(dashboard)/settings/account/page.tsx': 'account',
}

const pages = listFiles().filter((file) => /^app\/.*page\.tsx$/.test(file))
const browserTests = listFiles()
  .filter((file) => /^e2e\/.*\.ts$/.test(file))
  .map(readSource)
  .join('\n')

test('every page is reached by a browser test, which takes pictures of it and asks axe', () => {
  expect(pages.length).toBeGreaterThan(10)
  expect(Object.keys(pictures).sort()).toEqual([...pages].sort())
  const unseen = Object.values(pictures).filter((picture) => !browserTests.includes(`'${picture}'`))
  expect(unseen).toEqual([])
})
