/**
 * What Postgres ends by itself, before the client would give up on it: a client that gives up first leaves the statement
 * running, and cannot tell a slow statement from a server that is gone. Set for the roles in migrate/function-roles.sql.
 */
export const statementTimeoutMs = 1_800
/** How much longer the client waits for the answer. */
export const answerMs = 200
/** From a call to its first answer: the wait for a slot, connecting, and a second try together. */
export const defaultDeadlineMs = statementTimeoutMs + answerMs
