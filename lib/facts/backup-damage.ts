/** A page whose checksum a base backup found wrong: its file, from the data directory on, and its number in it. */
export type DamagedPage = { readonly file: string; readonly block: number }

/**
 * What pg_basebackup passes on of the server's warnings about pages whose checksum is wrong, in English (LC_ALL=C); the server names the first five
 * of a file. Whether it was those that ended the backup is told by nothing else: its exit code is that of any failure.
 */
export function parseBackupDamage(output: string): readonly DamagedPage[] {
  const found = output.matchAll(/checksum verification failed in file "(?:\.\/)?([^"\n]+)", block (\d+):/g)
  return [...found].map(([, file = '', block]) => ({ file, block: Number(block) }))
}
