// Prints what Knative and Kourier need to be told. A release has it as knative-settings.sh; from a checkout:
//   node scripts/release-files/knative-settings.ts | sh
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from '../cluster/command.ts'
import { kindOf, nameOf } from '../cluster/kubectl.ts'
import { type Json, record, text } from '../manifests/json.ts'

/**
 * A shell script that patches what Knative's release manifests bring, and leaves the rest of each object as it is.
 * `kubectl apply --server-side` would not: it takes over all that `kubectl apply` had set, and removes what it lacks. The
 * patches are strategic, `kubectl patch`'s default: a merge patch would replace the whole list of containers.
 */
export const knativeSettings = () =>
  ['#!/bin/sh', 'set -e', ...platformObjects().map(patchCommand), ''].join('\n')

const platformObjects = () =>
  globSync('knative/platform/*.yaml', { cwd: root })
    .filter(file => !file.endsWith('kustomization.yaml'))
    .sort()
    .map((file): Json => parse(readFileSync(join(root, file), 'utf8')))

function patchCommand(object: Json): string {
  const { data, spec } = record(object)
  const place = `--namespace ${text(object, 'metadata', 'namespace')} patch ${kindOf(object)} ${nameOf(object)}`
  return `kubectl ${place} --patch '${JSON.stringify({ data, spec })}'`
}

if (import.meta.main) process.stdout.write(knativeSettings())
