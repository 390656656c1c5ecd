import { UsageError } from '../cli/options.ts'

/** Returns the section of CHANGELOG.md about the version; for a pre-release, 1.0.0-rc.1, what is unreleased. */
export function changesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m)
  const title = version.includes('-') ? 'Unreleased' : version
  const section = sections.find(one => one.startsWith(`## ${title}\n`))
  if (section === undefined)
    throw new UsageError(`CHANGELOG.md has no section “## ${title}”: write it from “## Unreleased”.`)
  return section
}
