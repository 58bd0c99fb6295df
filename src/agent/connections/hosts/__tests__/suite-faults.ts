import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { IHost, IHostProcess } from '../host';
import type { OpenSshHost } from '../open-options';
import { openLink } from './link';
import type { ILink } from './link';
import { isAlive, pidsOf, sleeper } from './running';
import { address, sshWorld } from './ssh-bed';
import type { SshBed } from './ssh-bed';
import { options } from './suite';

/** What the line is told to take for silence, and how long a loaded machine may take beyond it. */
const KEEPALIVE = { intervalMs: 1000, countMax: 2 };
const BUDGET_MS = KEEPALIVE.intervalMs * (KEEPALIVE.countMax + 1) + 2500;

/** What a line to a host does when it breaks, whichever client speaks. */
export function faultSuite(name: string, bed: SshBed, open: OpenSshHost): void {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'));
    const config = join(folder, 'config');
    let link: ILink;
    let host: IHost;
    let silent: Server;

    beforeAll(async () => {
      link = await openLink(bed.aPort);
      const text = readFileSync(bed.sshConfig, 'utf8');
      const there = `Host faulty\n  Port ${link.port}\n  HostKeyAlias [localhost]:${bed.aPort}\n`;
      writeFileSync(config, there + text);
      // It takes connections and says a word; the test hears when its own one has come through.
      silent = createServer(socket => {
        socket.on('error', () => undefined);
        socket.write('hello');
      });
      await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => {
      link.end();
      silent.close();
      rmSync(folder, { recursive: true });
    });
    beforeEach(async () => {
      await link.tell({ 'black-hole': false, 'truncate-after': null });
      const { world, runtime } = sshWorld(bed, { keepalive: KEEPALIVE });
      const env = { ...world.env, HEPBATCH_SSH_CONFIG: config };
      host = await open(address('faulty'), { ...world, env }, new AbortController().signal);
      runtimes.push(runtime);
    });
    afterEach(async () => {
      await host.close();
      runtimes.splice(0).forEach(path => rmSync(path, { recursive: true }));
    });
    const runtimes: string[] = [];

    /** The processes of sshd that serve this host: that of the user, and the one above it. */
    const servers = async () => {
      const ran = await host.run(
        ['sh', '-c', 'u=$(ps -o ppid= -p "$PPID"); echo $u $(ps -o ppid= -p $u)'],
        options()
      );
      const [user = 0, above = 0] = ran.stdout.split(' ').map(Number);
      return { user, above };
    };

    /** Starts all that may be under way, breaks the line, and says how each of them ended. */
    const breakBy = async (fault: () => unknown) => {
      const { port } = z.object({ port: z.number() }).parse(silent.address());
      const stream = await host.connect({ host: '127.0.0.1', port });
      await new Promise(resolve => stream.once('readable', resolve));
      const torn = buffer(stream).catch((cause: unknown) => cause);
      const word = sleeper();
      let said = '';
      const ran = host.run(
        ['sh', '-c', `echo half; ${word}`],
        options({ timeoutMs: 60_000, onStdout: chunk => (said += chunk.toString()) })
      );
      const started: IHostProcess = await host.start(['sh', '-c', word], {});
      started.stdout.resume();
      started.stderr.resume();
      await expect.poll(() => pidsOf(word).length, { timeout: 5000 }).toBeGreaterThanOrEqual(4);
      await expect.poll(() => said).toBe('half\n');
      const began = performance.now();
      await fault();
      const ends = await Promise.all([host.lost, ran, started.ended, torn]);
      const took = performance.now() - began;
      pidsOf(word).forEach(pid => process.kill(pid));
      return { ends, took };
    };

    const expectLoss = async ({ ends, took }: Awaited<ReturnType<typeof breakBy>>) => {
      const [lost, ran, started, torn] = ends;
      expect(lost).not.toBe('');
      expect(ran.end).toBe('unknown');
      expect(started.end).toBe('unknown');
      expect(torn).toMatchObject({ code: 'connection-lost' });
      expect(took).toBeLessThan(BUDGET_MS);
      const gone = { code: 'connection-lost', message: expect.stringContaining(lost) as unknown };
      await expect(host.run(['true'], options())).rejects.toMatchObject(gone);
      await expect(host.stat('/tmp')).rejects.toMatchObject(gone);
      await expect(host.connect({ host: '127.0.0.1', port: 1 })).rejects.toMatchObject(gone);
    };

    it('notices that the server was killed', async () => {
      const { user } = await servers();
      await expectLoss(await breakBy(() => process.kill(user, 'SIGKILL')));
    });

    it('notices that the server stands still', async () => {
      const { user } = await servers();
      await expectLoss(await breakBy(() => process.kill(user, 'SIGSTOP')));
      process.kill(user, 'SIGKILL');
    });

    it('notices a reset', async () => {
      await expectLoss(await breakBy(() => link.tell({ cut: 'reset' })));
    });

    it('notices that nothing comes any more', async () => {
      await expectLoss(await breakBy(() => link.tell({ 'black-hole': true })));
    });

    it('notices that commands are not started any more', async () => {
      const { above } = await servers();
      process.kill(above, 'SIGKILL');
      // Until it is gone what it left behind may run a command, and then has no reason to end.
      await expect.poll(() => isAlive(above)).toBe(false);
      const ran = await host.run(['true'], options()).catch((cause: unknown) => cause);
      const said = z
        .looseObject({ end: z.string().optional(), code: z.unknown().optional() })
        .parse(ran);
      // Where the client sees the end at once nothing was begun; else nobody knows.
      expect(['connection-lost', undefined]).toContain(said.code);
      expect(said.end).not.toBe('exited');
      expect(await host.lost).not.toBe('');
    });

    it('does not take a part of an answer for the whole', async () => {
      await link.tell({ 'truncate-after': 300_000 });
      const parts: Buffer[] = [];
      const ran = await host.run(
        ['head', '-c', '3000000', '/dev/zero'],
        options({ onStdout: chunk => parts.push(chunk) })
      );
      expect(ran.end).toBe('unknown');
      expect(Buffer.concat(parts).length).toBeLessThan(3_000_000);
      expect(await host.lost).not.toBe('');
    });

    it.each(['cut', 'black-hole'])('leaves a file whole that was being written (%s)', async how => {
      const made = await host.run(['mktemp', '-d'], options());
      const folderThere = made.stdout.trim();
      const path = join(folderThere, 'kept');
      await host.write(path, 'kept');
      await link.tell({ rate: 2_000_000 });
      const write = host.write(path, 'x'.repeat(8_000_000));
      const begun = () => readdirSync(folderThere).some(name => name.startsWith('.hepbatch-'));
      await expect.poll(begun).toBe(true);
      await link.tell({ [how]: how === 'cut' ? 'close' : true });
      await expect(write).rejects.toMatchObject({ code: 'unknown-outcome' });
      await link.tell({ rate: 0, 'black-hole': false });
      await expect.poll(() => readdirSync(folderThere), { timeout: 5000 }).toEqual(['kept']);
      expect(readFileSync(path, 'utf8')).toBe('kept');
      rmSync(folderThere, { recursive: true });
    });
  });
}
