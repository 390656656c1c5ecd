/**
 * Postgres ends a statement after this time, before the client gives up: a client that gives up first leaves the statement
 * running, and cannot tell a slow statement from an unavailable server. Set for the roles in migrate/function-roles.sql.
 */
export const statementTimeoutMs = 1_800
/** The additional time that the client waits for the answer. */
export const answerMs = 200
/** From a call to its first answer: the wait for a slot, connecting, and a second try together. */
export const defaultDeadlineMs = statementTimeoutMs + answerMs
