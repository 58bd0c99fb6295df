import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exclusively } from '../exclusive';

describe('work that nobody else may do at the same time', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'exclusive-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('a second one is told who is at it, on which machine', async () => {
    const told = await exclusively(
      folder,
      async isHeld => {
        expect(isHeld()).toBe(true);
        const here = exclusively(folder, () => Promise.resolve(), 'a').catch(
          (error: unknown) => error
        );
        const there = exclusively(folder, () => Promise.resolve(), 'b').catch(
          (error: unknown) => error
        );
        return [await here, await there];
      },
      'a'
    );
    expect(told).toMatchObject([
      { code: 'conflict', message: expect.stringContaining(`${process.pid} here`) as string },
      { code: 'conflict', message: expect.stringContaining('on a') as string }
    ]);
  });

  it('is given up at the end, also where the work failed', async () => {
    const failing = exclusively(folder, () => Promise.reject(new Error('no room')));
    await expect(failing).rejects.toThrow('no room');
    expect(readdirSync(folder)).toEqual([]);
    expect(await exclusively(folder, () => Promise.resolve(7))).toBe(7);
  });
});
