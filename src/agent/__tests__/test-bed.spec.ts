import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { XROOTD, asBedUser, describeWith, find } from './test-bed';

const ASKED = { name: 'thing', told: z.object({ word: z.string() }) };

async function bedWith(told: object): Promise<string> {
  const bed = await mkdtemp(join(tmpdir(), 'bed-'));
  await mkdir(join(bed, 'thing'));
  await writeFile(join(bed, 'thing', 'env.json'), JSON.stringify({ service: 'thing', ...told }));
  return bed;
}

it('finds a service that listens, and none that has only state', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const address = z.object({ port: z.number() }).parse(server.address());
  const bed = await bedWith({ probe: address.port, word: 'hello' });
  expect(find(ASKED, bed)).toEqual({ word: 'hello' });
  const other = await bedWith({ probe: address.port });
  expect(() => find(ASKED, other)).toThrow('word');
  expect(find({ ...ASKED, name: 'other' }, bed)).toBeNull();
  await new Promise(resolve => server.close(resolve));
  expect(find(ASKED, bed)).toBeNull();
});

describeWith(XROOTD, 'the ordinary user of the bed', () => {
  it('is not root, is told what is meant for it, and sees nothing else of ours', async () => {
    const script = 'id -u; echo "$WORD $HEPBATCH_TESTBED $CI"; cat; exit 3';
    const env = { WORD: 'a "b"' };
    const ran = await asBedUser(['sh', '-c', script], { env, stdin: 'said' });
    expect(ran).toMatchObject({ end: 'exited', code: 3, stderr: '' });
    const [uid, ...words] = ran.stdout.split('\n');
    expect(Number(uid)).toBeGreaterThan(0);
    expect(words).toEqual(['a "b"  ', 'said']);
  });
});
