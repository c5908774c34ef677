import { type ReceiveOptions, type RemoteFile, receive } from './receive.ts'

export interface DownloadOptions extends Omit<ReceiveOptions, 'fetch'> {
  /**
   * Where the bytes go, as they come: `showSaveFilePicker().createWritable()`, a service worker's stream …
   * It is closed when the checksum is right, and aborted with the error otherwise. Default: a Blob.
   */
  readonly destination?: WritableStream<Uint8Array<ArrayBuffer>> | undefined
}

/**
 * Downloads a file and verifies its SHA-256. Without a destination the answer is a Blob, which a browser
 * holds in memory or in a temporary file as it sees fit: name a destination for files of more than some
 * hundred MB. With one, the answer is null.
 * @throws as `receive` does
 */
export async function download(
  file: RemoteFile,
  { destination, ...options }: DownloadOptions & Pick<ReceiveOptions, 'fetch'>,
): Promise<Blob | null> {
  const pieces: Uint8Array<ArrayBuffer>[] = []
  const writer = destination?.getWriter()
  try {
    for await (const bytes of receive(file, options)) {
      if (writer) await writer.write(bytes)
      else pieces.push(bytes)
    }
  } catch (error) {
    await writer?.abort(error).catch(() => {})
    throw error
  }
  await writer?.close()
  return writer ? null : new Blob(pieces)
}
