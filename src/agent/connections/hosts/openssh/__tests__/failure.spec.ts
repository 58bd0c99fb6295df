import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { lastWords, loginError, wantsAnswers } from '../failure';

const Case = z.object({
  command: z.string(),
  stderr: z.string(),
  code: z.string(),
  says: z.string(),
  wantsAnswers: z.boolean()
});

/** What ssh said, by OpenSSH 9.2p1 on Debian 12 unless the command says otherwise. */
const cases = z
  .array(Case)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, 'data', 'failures.json'), 'utf8')));

describe.each(cases)('$command', ({ stderr, code, says, wantsAnswers: wants }) => {
  it(`is ${code}`, () => {
    const error = loginError('hepuser@host', stderr);
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
    expect(error.message.startsWith('hepuser@host: ')).toBe(true);
    expect(error.data.next).not.toBe('');
  });

  it(wants ? 'can be mended by answers' : 'cannot be mended by answers', () => {
    expect(wantsAnswers(stderr)).toBe(wants);
  });
});

it('has words for an end without any', () => {
  expect(loginError('host', '').message).toBe('host: ssh ended without a word');
});

it('finds the last words that say something', () => {
  const said =
    'hepuser@host: Permission denied (publickey).\r\nConnection closed by UNKNOWN port 65535\n';
  expect(lastWords(said)).toBe('hepuser@host: Permission denied (publickey).');
  expect(lastWords('Timeout, server host not responding.\n')).toMatch(/not responding/);
  expect(lastWords('')).toBe('');
});
