import { UsageError } from '../cli/options.ts'
import { CommandError, isInstalled, run } from '../cluster/command.ts'

/**
 * Rejects images without a signature of the key in this file (COSIGN_PUBLIC_KEY); does nothing without one.
 * Only delivered images have one: those that `make deploy` builds come from this checkout.
 */
export async function requireSignatures(images: readonly string[], key: string | undefined): Promise<void> {
  if (key === undefined) return
  if (!isInstalled('cosign'))
    throw new UsageError('COSIGN_PUBLIC_KEY asks for signed images, and cosign is not on PATH.')
  for (const image of new Set(images)) {
    await run`cosign verify --key ${key} ${image}`.catch(error => {
      const reason = error instanceof CommandError ? error.output.trim().split('\n').at(-1) : String(error)
      throw new UsageError(`the image ${image} has no signature of the key ${key} (${reason}).`)
    })
  }
}
