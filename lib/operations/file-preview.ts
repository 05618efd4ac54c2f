import type { FileToWrite } from '@/lib/commands/file'
import type { PreviewLine } from '@/lib/domain/operation'

/** A file that is written as a whole, as a plan shows it: a unified diff against nothing. */
export function filePreview({ path, content }: Pick<FileToWrite, 'path' | 'content'>): PreviewLine {
  const lines = content === '' ? [] : content.replace(/\n$/, '').split('\n')
  const head = `@@ -0,0 +1,${lines.length} @@\n`
  return { kind: 'file', path, diff: head + lines.map((line) => `+${line}\n`).join('') }
}
