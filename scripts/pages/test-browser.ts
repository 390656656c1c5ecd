import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, inject } from 'vitest'
import { createTestFolder } from '../../functions/shared/testing/test-folder.ts'
import { startDev } from '../dev/test-dev.ts'
import { findFreePort } from '../services/free-port.ts'

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

/** `make dev` and a browser, for one test file. Call it at the top of the file. */
export async function createDevInBrowser(environment: Readonly<Record<string, string>> = {}) {
  const folder = createTestFolder()
  const port = await findFreePort()
  const options = { dataFolder: join(folder, 'data'), port, environment }
  let dev = await startDev(options)
  const browser = await launchBrowser()
  afterAll(async () => {
    await browser.close()
    await dev.kill('SIGINT')
  })
  /** Ends `make dev` as Ctrl-C does, and starts it again on the same data. */
  async function restart() {
    await dev.kill('SIGINT')
    dev = await startDev(options)
    return dev
  }
  return { url: `http://localhost:${port}`, folder, options, browser, restart }
}

/** Returns a page with its errors, which are also what its policy has blocked, and the origins of all requests. */
export async function openPage(browser: Browser, url: string) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  const errors: string[] = []
  const origins = new Set<string>()
  page.on('pageerror', error => errors.push(error.message))
  page.on('console', message => void (message.type() === 'error' && errors.push(message.text())))
  page.on('request', request => void origins.add(new URL(request.url()).origin))
  await page.goto(url)
  return { page, errors, origins }
}

/** Puts a script and a handler into the page, as text that was not escaped would. Returns whether one of them ran. */
export const runsInjected = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    const script = document.createElement('script')
    script.textContent = 'globalThis.injected = true'
    document.body.append(script)
    const image = document.createElement('div')
    image.innerHTML = '<img src="data:,x" onerror="globalThis.injected = true">'
    document.body.append(image)
    await new Promise(resolve => image.firstChild.addEventListener('error', resolve))
    return globalThis.injected === true
  })()`)

/** Keeps a picture for a person, where SCREENSHOTS names a folder. */
export async function takePicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}
