import type { Variables } from '../../functions/environment-of.ts'

/** What Node has compiled for earlier processes (Makefile); a start without it costs twice the CPU time. */
export const compileCache: Variables =
  process.env['NODE_COMPILE_CACHE'] === undefined
    ? {}
    : { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] }
