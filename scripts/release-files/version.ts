import * as v from 'valibot'
import { UsageError } from '../cli/options.ts'
import { run } from '../cluster/command.ts'

/** The option VERSION of a Make target. */
export function version(target: string) {
  const example = `is a number such as 0.2.0: make ${target} VERSION=0.2.0`
  return v.pipe(v.string(example), v.regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/, example))
}

/** Rejects a commit that the tag does not name: a release can be built again from its tag alone. */
export async function requireTag(tag: string): Promise<void> {
  const [changed, head, tagged] = await Promise.all([
    run`git status --porcelain`,
    run`git rev-parse HEAD`,
    run`git rev-parse --verify --quiet ${tag}^{commit}`.catch(() => ''),
  ])
  if (changed.trim() !== '') throw new UsageError('there are uncommitted changes: a release is a commit.')
  if (head !== tagged)
    throw new UsageError(`the tag ${tag} does not name this commit. Set it: git tag ${tag}, or check it out.`)
}
