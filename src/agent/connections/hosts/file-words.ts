import { HepbatchError } from '../../../contract';
import { asFileError } from '../../record';
import type { HostRunResult } from './host';

/** What the C library says in the locale C, which ends the complaint of each tool, and its number's name. */
const WORDS: Readonly<Partial<Record<string, string>>> = {
  'No such file or directory': 'ENOENT',
  'Not a directory': 'ENOTDIR',
  'Is a directory': 'EISDIR',
  'File exists': 'EEXIST',
  'Permission denied': 'EACCES',
  'Operation not permitted': 'EPERM',
  'Read-only file system': 'EROFS',
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'File too large': 'EFBIG',
  'File name too long': 'ENAMETOOLONG',
  'Too many levels of symbolic links': 'ELOOP',
  'Input/output error': 'EIO',
  'No such device': 'ENODEV',
  'Transport endpoint is not connected': 'ENOTCONN',
  'Stale file handle': 'ESTALE',
  'Connection timed out': 'ETIMEDOUT',
  'Host is down': 'EHOSTDOWN'
};

/** The name of the number behind what a tool complained of last, or null. */
export function errnoOfWords(stderr: string): string | null {
  const said = stderr.trimEnd().split('\n').at(-1) ?? '';
  return WORDS[said.slice(said.lastIndexOf(': ') + 2)] ?? null;
}

/**
 * The error of a tool that was asked about a file and did not end well. `where` begins the message;
 * `isChange`: it may have changed the file, so what is not known to have failed is
 * `unknown-outcome`.
 */
export function toolError(where: string, result: HostRunResult, isChange: boolean): HepbatchError {
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  const unknown = (code: 'connection-lost' | 'timed-out' | 'cancelled', why: string) =>
    new HepbatchError(isChange ? 'unknown-outcome' : code, `${where}: ${why}`, {
      next: isChange ? `Look at ${where} before you try again.` : 'Try again.'
    });
  switch (result.end) {
    case 'unknown':
      return unknown('connection-lost', result.reason);
    case 'timed-out':
      return unknown('timed-out', 'no answer in time');
    case 'cancelled':
      return unknown('cancelled', 'cancelled');
    case 'not-started':
      return new HepbatchError('unsupported', `${where}: ${result.message}`, {
        next: 'The host needs a POSIX shell and the GNU tools coreutils and findutils.'
      });
    case 'signal':
      return unknown('connection-lost', `the tool there was ended by ${result.signal}`);
    case 'too-much-output':
    case 'exited':
      return wordsError(where, said, result.stderr);
  }
}

function wordsError(where: string, said: string, stderr: string): HepbatchError {
  const errno = errnoOfWords(stderr);
  if (errno === null) {
    return new HepbatchError('refused', `${where}: ${said || 'the tool there gave no reason'}`, {
      next: 'Try the same in a terminal on that host.'
    });
  }
  const words = said.slice(said.lastIndexOf(': ') + 2);
  return asFileError(where, Object.assign(new Error(`${errno}: ${words}`), { code: errno }));
}
