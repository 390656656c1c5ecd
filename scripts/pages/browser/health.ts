import type { components } from '../../../functions/client/api.d.ts'
import { element } from './elements.ts'

type Health = components['schemas']['Health']

interface Card {
  readonly name: string
  readonly card: HTMLElement
  readonly status: HTMLElement
}

/** Asks the function how it is, and shows what it says. */
export async function showHealth({ name, card, status }: Card): Promise<void> {
  const health = await readHealth(name)
  card.dataset['status'] = health?.status ?? 'down'
  status.replaceChildren(...(health === undefined ? [element('dt', {}, 'does not respond')] : rowsOf(health)))
}

/** Returns undefined for any other answer, as a problem document in place of a function that was removed. */
const readHealth = (name: string): Promise<Health | undefined> =>
  fetch(`/${name}/health`)
    .then(response => response.json())
    .then(answer => ('checks' in answer ? answer : undefined))
    .catch(() => undefined)

function rowsOf({ status, checks }: Health): readonly Node[] {
  const rows = Object.entries(checks).flatMap(([dependency, check]) => [
    element('dt', {}, dependency),
    element('dd', {}, `${check.status}, ${check.latencyMs} ms`),
  ])
  return [element('dt', {}, 'status'), element('dd', { class: 'status' }, status), ...rows]
}
