/**
 * Control characters, those that turn the direction of the text that follows on somebody else's page, and those that
 * XML 1.0 leaves out: one of them, and no feed with the text can be read.
 */
export const disruptive = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029\u202A-\u202E\u2066-\u2069]/u
