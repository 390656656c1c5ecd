import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { inject } from 'vitest'

const switches = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: inject('chromium'), args: switches })

export interface WatchedPage {
  readonly page: Page
  /** Errors in the page, and what its policy has blocked. */
  readonly errors: readonly string[]
  /** The origins of all requests. */
  readonly origins: ReadonlySet<string>
}

export async function openPage(browser: Browser, url: string): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => void (message.type() === 'error' && errors.push(message.text())))
  page.on('request', request => void origins.add(new URL(request.url()).origin))
  await page.goto(url)
  return { page, errors, origins }
}

/** Keeps a picture for a person, where SCREENSHOTS names a folder. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}
