/**
 * Bytes that the browser keeps as a file. The length is said beforehand, so that a download which breaks off is seen as broken (RFC 9110,
 * 8.6); the name stands there as RFC 8187 has it.
 */
export function downloadResponse(given: {
  fileName: string
  sizeBytes: number
  pieces: AsyncGenerator<Uint8Array>
}): Response {
  const { fileName, sizeBytes, pieces } = given
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(sizeBytes),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName).replaceAll("'", '%27')}`,
    },
  })
}
