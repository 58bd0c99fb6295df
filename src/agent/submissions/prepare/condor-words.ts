/** Words of HTCondor's submit language: a value ends with its line, and `$` begins a macro. */

/** A value that is read back unchanged. Line ends cannot be written, so callers must not have them. */
export function condorValue(text: string): string {
  return text.replaceAll('$', '$(DOLLAR)');
}

/** A string of a ClassAd, for `MY.` attributes; submit files have the old syntax: only `\"` is special. */
export function classAdString(text: string): string {
  return `"${condorValue(text.replaceAll('"', '\\"'))}"`;
}

/**
 * Whether a value can be written at all: two `$` in a row begin a macro even where each is escaped, and of
 * two backslashes in a path one is lost.
 */
export function isCondorValue(text: string): boolean {
  return !/\$\$|\\\\|\p{Cc}/u.test(text);
}
