import { getSystemErrorMap } from 'node:util';

/** What the system said, without the call and the path that Node puts around it. */
export function inPlain(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  const [, code, words] = /^([A-Z0-9]+): ([^,]+)/.exec(error.message) ?? [];
  return code ? `${words ?? ''} (${code})` : error.message;
}

/** The same from the name of the error alone, such as `EACCES`; a name that nobody knows stays as it is. */
export function codeInPlain(code: string): string {
  for (const [name, words] of getSystemErrorMap().values()) {
    if (name === code) {
      return `${words} (${code})`;
    }
  }
  return code;
}
