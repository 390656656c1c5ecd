// Global setup of `make test-pages`.
import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'

const files = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

declare module 'vitest' {
  interface ProvidedContext {
    readonly chromium: string
  }
}

export function setup(project: TestProject): void {
  const file = [process.env['CHROMIUM'] ?? '', ...files].find(existsSync)
  if (file === undefined) {
    // Vitest would print the stack of an error.
    process.stderr.write(
      'Chromium is missing: run `sudo apt-get install --yes chromium`, or name a Chrome by CHROMIUM=…, then start again.\n',
    )
    process.exit(1)
  }
  project.provide('chromium', file)
}
