import type { Readable } from 'node:stream'
import { DeleteObjectCommand, GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import type { BackupConfig } from './config.ts'

export interface Bucket {
  /** Uploads in parts, so that the size need not be known. */
  put(name: string, content: Readable): Promise<void>
  get(name: string): Promise<NodeJS.ReadableStream>
  names(): Promise<readonly string[]>
  remove(name: string): Promise<void>
}

type Access = Pick<BackupConfig, 'bucket' | 'endpoint' | 'region' | 'accessKeyId' | 'secretAccessKey'>

export function openBucket({ bucket, endpoint, region, accessKeyId, secretAccessKey }: Access): Bucket {
  const client = new S3Client({
    region,
    // Other services than Amazon's have the bucket in the path, and not all know the newer checksums.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    credentials: { accessKeyId, secretAccessKey },
  })
  return {
    async put(name, content) {
      await new Upload({ client, params: { Bucket: bucket, Key: name, Body: content } }).done()
    },
    async get(name) {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }))
      if (body === undefined || !('pipe' in body)) throw new Error(`${name} has no content`)
      return body
    },
    async names() {
      const names: string[] = []
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket }))
        names.push(...(page.Contents ?? []).flatMap(({ Key: key }) => key ?? []))
      return names
    },
    async remove(name) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: name }))
    },
  }
}
