import { attackProtectedRoutes } from '../../../functions/shared/testing/security-battery.ts'
import { operations } from './operations.ts'
import { createTestApp, terms } from './test-app.ts'

const { app, clock, tokens, revoke, createAccount } = await createTestApp()

attackProtectedRoutes({
  app,
  operations,
  terms,
  tokens,
  createActor: async () => (await createAccount()).actor,
  revoke: async session => {
    await revoke(session)
    clock.advance(5_000)
  },
  foreign: {},
})
