const dayMs = 86_400_000

/** What a run of the tests chooses by: the same seed chooses the same. It is the day's, so that over time everything has its turn. */
export const daySeed = Number(process.env.TEST_SEED ?? Math.floor(Date.now() / dayMs))
