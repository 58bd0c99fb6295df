/** Logins from the terminal to real servers, through the command as users have it. */
import { cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { until } from '../../agent/__tests__/served';
import { describeWith } from '../../agent/__tests__/test-bed';
import { SSH_SERVERS, oneTimeCode } from '../../agent/connections/__tests__/person';
import { listeningPorts } from './listening-ports';
import { bundleCli, newHome, start, startInTerminal } from './program';

let program = '';
beforeAll(async () => {
  program = await bundleCli();
});

const agents = new Set<number>();
afterEach(() => {
  agents.forEach(pid => process.kill(pid));
  agents.clear();
});

for (const client of ['openssh', 'ssh2'] as const) {
  describeWith(SSH_SERVERS, `the command line with ${client}`, servers => {
    /** A user with connections to the servers of the bed. */
    async function user(more: Record<string, string> = {}) {
      const { home, env } = await newHome();
      const file = join(home, '.jupyter/hepbatch/connections/user.json');
      const profiles = ['a', 'b2', 'e'].map(id => ({
        id,
        title: id.toUpperCase(),
        backend: 'vanilla-local',
        host: { kind: 'ssh', destination: `hep-${id}`, client }
      }));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify({ version: 1, profiles }));
      const all = {
        ...env,
        HEPBATCH_IDLE_MINUTES: '2',
        HEPBATCH_SSH_CONFIG: servers.sshConfig,
        ...more
      };
      const { pid } = z.looseObject({ pid: z.int() }).parse(JSON.parse(await startedAgent(all)));
      agents.add(pid);
      const argv = (args: readonly string[]) => [process.execPath, program, ...args];
      return {
        home,
        pid,
        hepbatch: (...args: string[]) => start(argv(args), all),
        background: (...args: string[]) => start(['setsid', '--wait', ...argv(args)], all),
        inTerminal: (...args: string[]) => startInTerminal(argv(args), all)
      };
    }

    it('asks in the terminal, and leaves no trace of what was typed', async () => {
      const { inTerminal, hepbatch, home, pid } = await user();
      const { child, said, ended } = inTerminal('connections', 'open', 'b2');
      const code = oneTimeCode(servers);
      const wrong = 'a-wrong-s3cret';
      for (const [question, answer] of [
        [/Password: $/, wrong],
        [/not accepted\.\s+.*Password: $/, servers.password],
        [/2nd factor .*: $/, code]
      ] as const) {
        await until(() => question.test(said.out));
        child.stdin.write(`${answer}\r`);
      }
      expect(await ended).toMatchObject({ code: 0 });
      expect(said.out).toMatch(`B2 is open: ${servers.user} on `);
      const ran = hepbatch('exec', 'b2', '--', 'sh', '-c', 'cat; exit 7');
      ran.child.stdin.end('through the line');
      expect(await ran.ended).toEqual({ code: 7, out: 'through the line', err: '' });
      for (const secret of [wrong, servers.password, code]) {
        expect(said.out).not.toContain(secret);
        expect(await filesWith(home, secret)).toEqual([]);
        expect(await processesWith(secret)).toEqual([]);
      }
      // The looks themselves find what is there.
      expect(await filesWith(home, 'vanilla-local')).not.toEqual([]);
      expect(await processesWith(program)).toContain(pid);
      expect(await listeningPorts(pid)).toEqual([]);
    });

    it('says at once that there is nobody to answer, and leaves nothing open', async () => {
      const { background, hepbatch } = await user();
      for (const args of [
        ['connections', 'open', 'e'],
        ['exec', 'e', '--', 'true'],
        ['connections', 'test', 'e']
      ]) {
        const { code, err } = await background(...args).ended;
        expect(code).toBe(args[0] === 'exec' ? 255 : 2);
        expect(err).toMatch(
          /\S+@localhost asks ".*assword:"\. There is no terminal to answer in: open it in JupyterLab/
        );
      }
      expect((await hepbatch('connections').ended).out).toMatch(/^e +closed/m);
    });

    it('ends the login when the person does', async () => {
      const { inTerminal, hepbatch } = await user();
      const { child, said, ended } = inTerminal('connections', 'open', 'e');
      await until(() => /assword: $/.test(said.out));
      child.stdin.write('half\u0003');
      const { code, out } = await ended;
      expect(code).toBe(2);
      expect(out).toMatch(/E was not opened/);
      expect((await hepbatch('connections').ended).out).toMatch(/^e +closed/m);
    });

    it('asks about a host key that nobody knows, and keeps it on yes alone', async () => {
      const { home } = await newHome();
      const known = join(home, 'known_hosts');
      const config = join(home, 'ssh_config');
      const lines = (await readFile(servers.sshConfig, 'utf8'))
        .replace(/UserKnownHostsFile .*/, `UserKnownHostsFile ${known}`)
        .replace(/StrictHostKeyChecking .*/, 'StrictHostKeyChecking ask');
      await writeFile(config, lines);
      const { inTerminal, hepbatch } = await user({ HEPBATCH_SSH_CONFIG: config });
      const answer = async (word: string) => {
        const { child, said, ended } = inTerminal('connections', 'open', 'a');
        await until(() => /\(yes or no\)\? $/.test(said.out));
        child.stdin.write('maybe\r');
        await until(() => /maybe\s+Go on \(yes or no\)\? $/.test(said.out));
        child.stdin.write(`${word}\r`);
        const { code, out } = await ended;
        expect(out).toMatch(/key has the fingerprint SHA256:\S{43}\./);
        expect(out).toContain(known);
        return code;
      };
      expect(await answer('no')).not.toBe(0);
      await expect(readFile(known)).rejects.toThrow('ENOENT');
      expect(await answer('yes')).toBe(0);
      expect(await readFile(known, 'utf8')).toMatch(/localhost\]:\d+ /);
      await hepbatch('connections', 'close', 'a').ended;
      expect(await hepbatch('connections', 'open', 'a').ended).toMatchObject({ code: 0, err: '' });
      await cp(known, `${known}.seen`);
    });
  });
}

/** The line that an agent in the background says when it listens. */
async function startedAgent(env: Record<string, string>): Promise<string> {
  const { child, said, ended } = start([process.execPath, program, 'serve'], env);
  await Promise.race([until(() => said.out.includes('\n')), ended]);
  child.unref();
  return said.out;
}

/** Files below a folder that hold a text. */
async function filesWith(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const found = await Promise.all(
    files.map(async file => ((await readFile(file)).includes(text) ? [file] : []))
  );
  return found.flat();
}

/** Processes of this machine, but this one, that have a text in their arguments or environment. */
async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async pid => {
      const read = (name: string) => readFile(`/proc/${pid}/${name}`).catch(() => Buffer.alloc(0));
      const both = await Promise.all([read('cmdline'), read('environ')]);
      return both.some(bytes => bytes.includes(text)) ? [pid] : [];
    })
  );
  return found.flat().filter(pid => pid !== process.pid);
}
