import { expect, it } from 'vitest';
import { parseComplaints } from '../find-words';

/** As GNU find 4.9.0 says it in the locale C, with folders made unreadable. */
const SAID = `find: '/x/A/w\\nx': Permission denied
find: '/x/A/no\\'x\\\\y': Permission denied
find: '/x/\\303\\251/nominal': Permission denied
find: '/x/loop/': Too many levels of symbolic links
find: '/x/file/': Not a directory
find: '/x/none/': No such file or directory
find: '/x/odd': Something new
`;

it('reads which folder could not be listed, and why', () => {
  const { paths, other } = parseComplaints(SAID);
  expect(other).toEqual([]);
  expect([...paths]).toEqual([
    ['/x/A/w\nx', 'EACCES'],
    ["/x/A/no'x\\y", 'EACCES'],
    ['/x/é/nominal', 'EACCES'],
    ['/x/loop', 'ELOOP'],
    ['/x/file', 'ENOTDIR'],
    ['/x/none', 'ENOENT'],
    ['/x/odd', 'Something new']
  ]);
});

it.each([
  'warning: find results are limited for users to ndirs=50000 -- result is truncated!',
  "find: '/x/A': listing truncated",
  'xargs: find: terminated by signal 9',
  "find: File system loop detected; '/x/a' is part of the same file system loop as '/x'."
])('believes nothing after %j', line => {
  expect(parseComplaints(`${line}\n`)).toEqual({ paths: new Map(), other: [line] });
});
