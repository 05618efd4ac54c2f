import { defineConfig } from 'playwright/test'
import { notToday } from './test/harness/day-seed.ts'

/** Long tests that take turns, one group of each pair a day: see `vitest.config.ts`. */
const inTurn = [
  [['ways-out'], ['between-roles', 'drill']],
  [['with-a-pointer'], ['with-the-keyboard', 'coming-back']],
  [['during-faults'], ['unprivileged', 'adopt', 'host-access']],
]

/** Browser tests against real hosts of the lab and the built dashboard; two files at a time, on Debian's Chromium. */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  testIgnore: notToday(inTurn).flatMap((names) => names.map((name) => `${name}.spec.ts`)),
  fullyParallel: false,
  workers: 2,
  timeout: 600_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 20_000,
    // Without a film of each page: drawing its frames in software is a good part of what the browser costs; so is what moves.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
