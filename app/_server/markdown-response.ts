/** Markdown to be saved under that name. */
export const markdownResponse = ({ fileName, markdown }: { fileName: string; markdown: string }): Response =>
  new Response(markdown, {
    headers: {
      'content-type': 'text/markdown; charset=utf-8',
      'content-disposition': `attachment; filename="${fileName}"`,
    },
  })
