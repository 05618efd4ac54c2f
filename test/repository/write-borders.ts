import { readFileSync, writeFileSync } from 'node:fs'
import { biomeOverride, borders } from './borders'
import { root } from './source-files'

/** Writes the table of borders into biome.json, so that editors show what the test refuses. */
type Override = {
  readonly linter?: { readonly rules?: { readonly style?: { readonly noRestrictedImports?: unknown } } }
}

const path = `${root}/biome.json`
const biome: { overrides: readonly Override[] } = JSON.parse(readFileSync(path, 'utf8'))
const others = biome.overrides.filter((override) => !override.linter?.rules?.style?.noRestrictedImports)
writeFileSync(
  path,
  `${JSON.stringify({ ...biome, overrides: [...others, ...borders.map(biomeOverride)] }, null, 2)}\n`,
)
