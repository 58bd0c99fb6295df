import { getSystemErrorMap } from 'node:util';
import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { errnoOfWords, toolError } from '../file-words';

it('knows the words of the tools for what it is told', () => {
  const tools: [string[], string][] = [
    [['stat', '/no/such'], 'ENOENT'],
    [['dd', 'if=/etc/passwd/x'], 'ENOTDIR'],
    [['dd', 'if=/etc', 'status=none'], 'EISDIR'],
    [['dd', 'if=/etc/passwd', 'of=/dev/full', 'status=none'], 'ENOSPC'],
    [['find', '/no/such/'], 'ENOENT'],
    [['ln', '-T', '/etc/passwd', '/etc/group'], 'EEXIST']
  ];
  for (const [[tool = '', ...args], errno] of tools) {
    const { stderr } = spawnSync(tool, args, { encoding: 'utf8', env: { LC_ALL: 'C' } });
    expect([tool, errnoOfWords(stderr)]).toEqual([tool, errno]);
  }
  expect(errnoOfWords('sh: who knows\n')).toBeNull();
  expect(errnoOfWords('')).toBeNull();
});

it('has only names that the system has', () => {
  const names = [...getSystemErrorMap().values()].map(([name]) => name);
  expect(names).toContain(errnoOfWords('x: Transport endpoint is not connected'));
});

it.each([
  [{ end: 'unknown', reason: 'the line broke' }, 'connection-lost', 'unknown-outcome'],
  [{ end: 'timed-out' }, 'timed-out', 'unknown-outcome'],
  [{ end: 'cancelled' }, 'cancelled', 'unknown-outcome'],
  [{ end: 'signal', signal: 'SIGKILL' }, 'connection-lost', 'unknown-outcome'],
  [{ end: 'not-started', message: 'dd is absent' }, 'unsupported', 'unsupported'],
  [{ end: 'exited', code: 1 }, 'refused', 'refused'],
  [{ end: 'too-much-output' }, 'refused', 'refused']
] as const)('tells %o of a question from that of a change', (end, asked, changed) => {
  const result = { ...end, stdout: '', stderr: 'dd: odd' };
  expect(toolError('there:/x', result, false)).toMatchObject({ code: asked });
  expect(toolError('there:/x', result, true)).toMatchObject({ code: changed });
});
