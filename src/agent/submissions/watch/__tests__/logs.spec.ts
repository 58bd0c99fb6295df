import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalHost } from '../../../connections/hosts/local';
import type { HostRunResult, IHostRunOptions } from '../../../connections/hosts/host';
import { golden } from '../../__tests__/golden';
import { Logs } from '../logs';

const signal = new AbortController().signal;
const life = golden('htcondor-23.9.6', 'event-log-succeeded').stdout;
const [, own = ''] = /^000 \((\d+)/.exec(life) ?? [];

/** A life of a job of another cluster. */
const lifeOf = (id: number) =>
  life.replaceAll(`(${own}.`, `(${String(id).padStart(own.length, '0')}.`);

class Counting extends LocalHost {
  readonly asked: string[] = [];
  override run(argv: readonly string[], options: IHostRunOptions): Promise<HostRunResult> {
    this.asked.push(argv[0] ?? '');
    return super.run(argv, options);
  }
  override read(...args: Parameters<LocalHost['read']>): Promise<Buffer> {
    this.asked.push('read');
    return super.read(...args);
  }
}

describe('following many logs', () => {
  let folder: string;
  let host: Counting;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'logs-'));
    host = new Counting({ env: process.env, home: '/' });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const look = async (logs: Logs, names: readonly string[]) => {
    const told: string[] = [];
    const take = (events: readonly { clusterId: string; kind: number }[]) =>
      told.push(...events.map(({ clusterId, kind }) => `${clusterId}:${kind}`));
    host.asked.length = 0;
    await logs.look(host, folder, new Set(names), take, signal);
    return told;
  };

  it('small ones are read in one command, and only those that changed', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `AN-${i}.log`);
    names.forEach((name, i) => writeFileSync(join(folder, name), lifeOf(i + 1)));
    writeFileSync(join(folder, 'other.log'), lifeOf(999));
    const logs = new Logs();
    const told = await look(logs, names);
    expect(new Set(told.map(line => line.split(':')[0])).size).toBe(300);
    expect(told).not.toContain('999:0');
    expect(host.asked).toEqual(['find', 'xargs']);
    expect(await look(logs, names)).toEqual([]);
    expect(host.asked).toEqual(['find']);
    appendFileSync(join(folder, 'AN-7.log'), lifeOf(8));
    const again = await look(new Logs(logs.known), names); // as the next agent
    expect(new Set(again.map(line => line.split(':')[0]))).toEqual(new Set(['8']));
  });

  it('large ones are read on from where they were left, also when written anew', async () => {
    const path = join(folder, 'AN.log');
    const many = (id: number) => lifeOf(id).repeat(40);
    writeFileSync(path, many(1));
    const logs = new Logs();
    const first = await look(logs, ['AN.log']);
    appendFileSync(path, lifeOf(1));
    const more = await look(new Logs(logs.known), ['AN.log']);
    expect(more.length).toBe(first.length / 40);
    writeFileSync(path, many(2));
    const anew = await look(logs, ['AN.log']);
    expect(anew.length).toBe(first.length);
    expect(anew.every(line => line.startsWith('2:'))).toBe(true);
  });

  it('a log without the end of its last event does not spoil the next one', async () => {
    writeFileSync(join(folder, 'a.log'), lifeOf(1).slice(0, -20));
    writeFileSync(join(folder, 'b.log'), lifeOf(2));
    const told = await look(new Logs(), ['a.log', 'b.log']);
    expect(told).toContain('2:5');
    expect(told).toContain('1:1');
  });

  it('a folder that is gone is told as such', async () => {
    const logs = new Logs();
    rmSync(folder, { recursive: true });
    await expect(look(logs, ['a.log'])).rejects.toMatchObject({ code: 'not-found' });
    await import('node:fs').then(({ mkdirSync }) => mkdirSync(folder));
  });
});
