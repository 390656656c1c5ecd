import { createReadStream, createWriteStream } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { extract, pack } from 'tar-stream'

export interface ArchiveWriter {
  /** Resolves when the entry may be followed by the next one. */
  add(name: string, content: Buffer): Promise<void>
  /** Resolves when everything is in the target. */
  finish(): Promise<void>
  /** Ends the target with an error. */
  abort(error: Error): void
}

/** A tar compressed by zstd, which ends with a checksum of its own: `tar --zstd -tf` lists it. */
export function writeArchive(target: NodeJS.WritableStream): ArchiveWriter {
  const tar = pack()
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  const written = pipeline(tar, compress, target)
  // The caller hears of it from the `add` or the `finish` that it waits for.
  written.catch(() => undefined)
  return {
    add: (name, content) =>
      Promise.race([
        // Through the entry's own stream: given as a buffer, the content would be queued without a bound.
        new Promise<void>((resolve, reject) => {
          const header = { name, size: content.length, mtime: new Date(0), mode: 0o600 }
          tar.entry(header, error => (error ? reject(error) : resolve())).end(content)
        }),
        // Rejects where the disk is full or the upload broke: the callback above would never come.
        written.then(() => undefined),
      ]),
    finish: async () => {
      tar.finalize()
      await written
    },
    abort: error => void tar.destroy(error),
  }
}

/** Writes to a file that only its owner can read. */
export const archiveFile = (file: string) => createWriteStream(file, { mode: 0o600, flush: true })

export interface ArchiveEntry {
  readonly name: string
  readonly content: Buffer
}

/** The largest entry that is read: the writer's parts have a sixteenth of it. A larger one is not an archive of ours. */
const maxEntryBytes = 64 * 1_048_576

/** The entries of an archive, one after the other. Throws where it is damaged or was cut off. */
export async function* readArchive(source: NodeJS.ReadableStream): AsyncGenerator<ArchiveEntry> {
  const tar = extract()
  const read = pipeline(source, createZstdDecompress(), tar)
  read.catch(() => undefined)
  try {
    for await (const entry of tar) {
      const { name, size = 0 } = entry.header
      if (size > maxEntryBytes)
        throw new Error(`the archive's entry ${name} is larger than any that is written`)
      yield { name, content: await buffer(entry) }
    }
    await read
  } catch (error) {
    throw isUnpackable(error)
      ? new Error('the file is damaged or cut off, or no archive of make backup', { cause: error })
      : error
  }
}

/** Neither zlib nor tar-stream, whose errors have no code, says what it was given: "unexpected end of file". */
const isUnpackable = (error: unknown) =>
  error instanceof Error &&
  ('code' in error
    ? /^Z(?:STD|_BUF)_/.test(String(error.code))
    : /^(?:Unexpected end of data|Invalid tar header)/.test(error.message))

export const openArchive = (file: string) => readArchive(createReadStream(file))
