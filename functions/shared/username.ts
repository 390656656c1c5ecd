import * as v from 'valibot'
import { notFarOver } from './text.ts'

/** NFKC and lower case: the form in which two spellings of one name or address are the same. */
export const canonical = (text: string) => text.normalize('NFKC').toLowerCase()

/** Written without - and _: see `isReserved`. */
const reservedWords = new Set([
  // Paths of `profile`, and words that programs take for something else.
  ...[
    'health',
    'openapi',
    'me',
    'followers',
    'following',
    'export',
    'settings',
    'auth',
    'profile',
    'posts',
    'feed',
  ],
  ...[
    'api',
    'null',
    'undefined',
    'anonymous',
    'deleted',
    'everyone',
    'nobody',
    'unknown',
    'guest',
    'localhost',
  ],
  // RFC 2142, and what certificate authorities take for the owner of a domain.
  ...[
    'info',
    'marketing',
    'sales',
    'support',
    'abuse',
    'noc',
    'security',
    'postmaster',
    'hostmaster',
    'usenet',
  ],
  ...['news', 'webmaster', 'www', 'uucp', 'ftp', 'ssladmin', 'ssladministrator', 'sslwebmaster', 'sysadmin'],
  // Names that would let someone pass for the service.
  ...[
    'iod',
    'admin',
    'admins',
    'administrator',
    'administrators',
    'root',
    'system',
    'superuser',
    'owner',
    'operator',
  ],
  ...[
    'moderator',
    'moderators',
    'moderation',
    'mod',
    'mods',
    'staff',
    'team',
    'official',
    'verified',
    'service',
  ],
  ...[
    'help',
    'helpdesk',
    'contact',
    'feedback',
    'billing',
    'payment',
    'payments',
    'accounts',
    'legal',
    'privacy',
  ],
  ...[
    'trust',
    'safety',
    'compliance',
    'noreply',
    'donotreply',
    'mailer',
    'mailerdaemon',
    'daemon',
    'mail',
    'email',
  ],
])

/** A reserved word also with separators in it (`ad-min`), and several of them in a row (`support_team`). */
function isReserved(name: string): boolean {
  const words = canonical(name).split(/[-_]+/)
  return reservedWords.has(words.join('')) || words.every(word => reservedWords.has(word))
}

/** The form of every name there is: accounts from before a word was reserved keep it. */
const AnyUsername = v.pipe(
  v.string(),
  v.description('3 to 30 letters a–z and digits, with - or _ between them.'),
  notFarOver(30),
  v.transform(text => text.normalize('NFKC').trim()),
  v.minLength(3, 'must have at least 3 characters'),
  v.maxLength(30, 'must have at most 30 characters'),
  v.regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    'may have letters a–z, digits, and - or _ between them',
  ),
)

/** A name to be taken. */
export const Username = v.pipe(
  AnyUsername,
  v.check(text => !isReserved(text), 'is reserved'),
)

/** The key a name is looked up by; undefined for what can be nobody's name, so that it is never asked for. */
export function usernameKey(text: string): string | undefined {
  const result = v.safeParse(AnyUsername, text)
  return result.success ? canonical(result.output) : undefined
}
