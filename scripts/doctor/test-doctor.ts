import { runScript } from '../cluster/test-script.ts'

/** Returns what `make doctor` prints in a cluster whose kubectl has these answers, by the beginnings of its arguments. */
export async function doctorOutput(answers: Readonly<Record<string, object>>): Promise<string> {
  const cases = Object.entries({ version: {}, ...answers }).map(
    ([words, object]) => `'${words}'*) echo '${JSON.stringify(object)}' ;;`,
  )
  const kubectl = `case "$*" in ${cases.join('\n')} *) exit 1 ;; esac`
  return (await runScript('scripts/doctor/doctor.ts', { docker: 'exit 0', kubectl })).text
}
