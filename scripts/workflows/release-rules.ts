// What holds for the workflow that makes a release. Rules return sentences about faults.
import { type Json, list, record, text } from '../manifests/json.ts'

/** The runners of GitHub that are machines of each platform. */
const nativeRunners = { 'linux/amd64': /^ubuntu-[\d.]+$/, 'linux/arm64': /^ubuntu-[\d.]+-arm$/ }

export function releaseFaults(workflow: Json): readonly string[] {
  const all = Object.values(record(workflow, 'jobs'))
  const build = all.filter(job => runs(job).some(script => script.includes('make release-images')))
  const runners = build.flatMap(job => list(job, 'strategy', 'matrix', 'runner').map(String))
  return [
    ...Object.entries(nativeRunners)
      .filter(([, runner]) => !runners.some(name => runner.test(name)))
      .map(([platform]) => `builds no image for ${platform} on a machine of that platform`),
    ...all
      .filter(job => runs(job).some(script => script.includes('gh release create')))
      .flatMap(publishFaults),
  ]
}

const runs = (job: Json) => list(job, 'steps').map(step => text(step, 'run') ?? '')

function publishFaults(job: Json): readonly string[] {
  const scripts = runs(job)
  const signing = scripts.findIndex(script => /\bcosign@\S+ sign\b/.test(script))
  const script = scripts[signing] ?? ''
  const withKey = scripts.findIndex(one => /\bcosign@\S+ public-key\b.*COSIGN_PUBLIC_KEY=/s.test(one))
  const writing = scripts.findIndex(one => one.includes('make release '))
  const publishing = scripts.findIndex(one => one.includes('gh release create'))
  return [
    ...(/make release [^\n]*\bIMAGES=/.test(scripts.join('\n'))
      ? []
      : ['joins no images of several platforms']),
    ...(/<"release\/[^\n]*\/images\.txt"/.test(script) ? [] : ['signs other images than its files name']),
    ...(script.includes('--recursive') ? [] : ['signs the lists of images alone']),
    ...(withKey >= 0 && withKey < writing ? [] : ['has no public key among its files']),
    ...(/\boras@\S+ push\b/.test(scripts.join('\n')) ? [] : ['publishes no YAML in the registry']),
    ...(signing > publishing ? ['publishes its files before their images are signed'] : []),
  ]
}
