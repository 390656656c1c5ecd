/**
 * What Postgres ends by itself, before the client would give up on it: a client that gives up first leaves the statement
 * running, and cannot tell a slow statement from a server that is gone. Session settings of the functions' roles.
 */
export const statementTimeoutMs = 1_800
export const lockTimeoutMs = 1_500
/** How much longer the client waits for the answer. */
export const answerMs = 200
