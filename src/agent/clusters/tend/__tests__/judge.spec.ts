import { mkdtemp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeAll, expect, it, vi } from 'vitest';
import type { SupervisorRecord } from '../../../../contract';
import { LocalHost } from '../../../connections/hosts/local';
import { judge, silenceOf } from '../judge';
import { record } from './made';

const host = new LocalHost({ env: {}, home: tmpdir() });
const here = hostname();
let bootId = '';
beforeAll(async () => {
  bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
});

/** A folder of a cluster with this text as its record; null: with none. */
async function folderWith(text: string | null): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'judge-')), 'c-1');
  await mkdir(folder);
  if (text !== null) {
    await writeFile(join(folder, 'record.json'), text);
  }
  return folder;
}

async function startTicks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

async function judged(change: Partial<SupervisorRecord>) {
  const left = record({ host: here, ...change });
  return judge(host, await folderWith(JSON.stringify(left)), here);
}

it('is alive by its process and the time that it began, whatever its program is called', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'odd-'));
  const child = spawn('bash', [
    '-c',
    'cp "$(command -v sleep)" "$0/x) (y" && exec "$0/x) (y" 60',
    folder
  ]);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  await vi.waitFor(async () =>
    expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toContain('(x) (y)')
  );
  const process = { pid, startTicks: await startTicks(pid), bootId };
  expect(await judged({ process })).toMatchObject({ is: 'alive' });
  const earlier = { ...process, startTicks: process.startTicks - 1 };
  expect(await judged({ process: earlier })).toMatchObject({ is: 'dead' });
  const otherBoot = { ...process, bootId: 'another' };
  expect(await judged({ process: otherBoot })).toMatchObject({ is: 'dead' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await judged({ process })).toMatchObject({ is: 'dead' });
});

it('is absent without a record, and elsewhere by the record of another host', async () => {
  expect(await judge(host, await folderWith(null), here)).toEqual({ is: 'absent' });
  expect(await judge(host, '/no/such/folder', here)).toEqual({ is: 'absent' });
  expect(await judged({ host: 'lxplus902' })).toMatchObject({ is: 'elsewhere' });
});

it.each(['', '{', '{}', JSON.stringify({ ...record(), version: 2 })])(
  'does not take %j for a record',
  async text => {
    const folder = await folderWith(text);
    await expect(judge(host, folder, here)).rejects.toMatchObject({
      code: 'corrupt',
      message: `${folder}/record.json is no record of a cluster`
    });
  }
);

it('says in words why it is silent, and what to do', () => {
  const left = record({ host: 'lxplus902' });
  const said = (verdict: Parameters<typeof silenceOf>[0]) => {
    const { code, message, data } = silenceOf(verdict, 'mine', 'lxplus901');
    return [code, message, data.next];
  };
  expect(said({ is: 'dead', record: left })).toEqual([
    'unreachable',
    'mine: its supervisor (process 77 on lxplus902) is gone',
    'Clean up: that removes its batch jobs and its record.'
  ]);
  expect(said({ is: 'elsewhere', record: left })[1]).toBe(
    'mine runs on lxplus902, and this connection leads to lxplus901'
  );
  expect(said({ is: 'alive', record: left })[0]).toBe('timed-out');
  expect(said({ is: 'absent' })[0]).toBe('not-found');
});
