import { keySetFiles } from '../../functions/environment-of.ts'
import { functions, type RegisteredFunction } from '../../functions/registry.ts'

/** Where a container that needs a key set finds it. */
export const keyPath = (file: string) => `/run/keys/${file}`

/**
 * The part of the compose file that differs by function; `docker compose` merges it with compose.yaml. An image with Node's
 * own tools runs the functions from this checkout, and restarts them after a change.
 */
export const functionServices = (developmentImage?: string) => ({
  services: {
    ...Object.fromEntries(
      functions.map(definition => [definition.name, service(definition, developmentImage)]),
    ),
    proxy: { depends_on: functions.map(({ name }) => name) },
  },
})

function service({ name, secrets }: RegisteredFunction, developmentImage: string | undefined) {
  const keys = Object.values(secrets).flatMap(source =>
    source === 'private-keys' || source === 'public-keys' ? keySetFiles[source] : [],
  )
  const volumes = keys.map(file => `./.data/compose/${file}:${keyPath(file)}:ro`)
  const program = developmentImage
    ? {
        image: developmentImage,
        working_dir: '/app',
        command: ['node', '--watch', `functions/${name}/main.ts`],
        volumes: ['.:/app:ro', ...volumes],
      }
    : { image: `dev.local/iod-${name}:\${TAG}`, volumes }
  return {
    ...program,
    env_file: `.data/compose/${name}.env`,
    depends_on: {
      migrate: { condition: 'service_completed_successfully' },
      redis: { condition: 'service_healthy' },
      'redis-cache': { condition: 'service_healthy' },
    },
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_limit: '512m',
    // Longer than the function's own deadlines for what is in flight, Redis and Postgres.
    stop_grace_period: '30s',
    restart: 'unless-stopped',
  }
}
