import { expect, test } from 'vitest'
import { isInstalled } from '../cluster/command.ts'
import { list, text } from '../manifests/json.ts'
import { isFunction } from '../manifests/rules.ts'
import { imageName, renderOverlay } from './overlay.ts'

const registry = 'registry.example.test'

/** The images of the functions, each once. */
async function imagesOf(tag: string) {
  const objects = await renderOverlay({ overlay: 'kind', registry, tag })
  return objects
    .filter(isFunction)
    .flatMap(object => list(object, 'spec', 'template', 'spec', 'containers'))
    .map(container => text(container, 'image'))
}

test.skipIf(!isInstalled('kubectl'))('several commands may render an overlay at the same time', async () => {
  const tags = ['one', 'two', 'three', 'four']
  const images = await Promise.all(tags.map(imagesOf))
  for (const [index, tag] of tags.entries()) {
    expect(images[index]).toContain(imageName(registry, 'posts', tag))
  }
})
