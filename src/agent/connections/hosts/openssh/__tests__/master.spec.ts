import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { describeWith } from '../../../../__tests__/test-bed';
import { pidsOf, sleeper } from '../../__tests__/running';
import { SSH, sshWorld } from '../../__tests__/ssh-bed';
import { options } from '../../__tests__/suite';
import { folder, login } from './logins';

/** The socket of the only master below a runtime folder. */
function controlOf(runtime: string): string {
  const [name = ''] = readdirSync(runtime);
  return join(runtime, name, 'm');
}

const alive = { intervalMs: 1000, countMax: 2 };

describeWith(SSH, 'the master', bed => {
  it('is shared by all, and a session that finds no place waits instead of logging in', async () => {
    const { host, runtime } = await login(bed, 'hep-a');
    // Somebody else's sessions: the server takes ten in all, we believe that eight are ours.
    const others = Array.from({ length: 7 }, () => {
      const argv = ['-S', controlOf(runtime), 'x', 'echo begun; sleep 3'];
      return spawn('ssh', ['-F', '/dev/null', ...argv]);
    });
    await Promise.all(others.map(other => once(other.stdout, 'data')));
    const run = () => host.run(['sh', '-c', 'sleep 0.3; echo "$SSH_CONNECTION"'], options());
    const ends = await Promise.all(Array.from({ length: 8 }, run));
    expect(ends).toMatchObject(Array(8).fill({ end: 'exited', code: 0 }));
    // The port on our side tells one login from another.
    expect(new Set(ends.map(({ stdout }) => stdout)).size).toBe(1);
    others.forEach(other => other.kill());
  });

  it('opens no port here, whatever the configuration forwards', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = z.object({ port: z.number() }).parse(server.address());
    await new Promise(closed => server.close(closed));
    const forward = `LocalForward ${port} localhost:1\nDynamicForward ${port + 1}\n`;
    const { host } = await login(bed, 'hep-a', { config: text => `${forward}${text}` });
    const listening = execFileSync('ss', ['-Hltn']).toString();
    expect(listening).not.toContain(`:${port} `);
    expect((await host.run(['true'], options())).end).toBe('exited');
  });

  it('that is killed is a line that is lost, and leaves nothing behind', async () => {
    const { host, runtime } = await login(bed, 'hep-a', { world: { keepalive: alive } });
    const word = sleeper();
    const ran = host.run(['sh', '-c', `echo begun; ${word}`], options());
    await expect.poll(() => pidsOf(word).length).toBeGreaterThanOrEqual(4);
    const [pid = 0] = pidsOf('ssh -F').filter(one => isMaster(one, controlOf(runtime)));
    process.kill(pid, 'SIGKILL');
    expect(await host.lost).not.toBe('');
    expect((await ran).end).toBe('unknown');
    await expect.poll(() => readdirSync(runtime)).toEqual([]);
    expect((await (await login(bed, 'hep-a')).host.run(['true'], options())).end).toBe('exited');
  });

  it('that stands still is a line that is lost', async () => {
    const { host, runtime } = await login(bed, 'hep-a', { world: { keepalive: alive } });
    const [pid = 0] = pidsOf('ssh -F').filter(one => isMaster(one, controlOf(runtime)));
    process.kill(pid, 'SIGSTOP');
    expect(await host.lost).toContain('does not answer');
    await expect(host.run(['true'], options())).rejects.toMatchObject({ code: 'connection-lost' });
    await expect.poll(() => pidsOf('ssh -F').includes(pid), { timeout: 5000 }).toBe(false);
  });

  it('ends when the connection is closed, with its folder', async () => {
    const { host, runtime } = await login(bed, 'hep-a');
    const control = controlOf(runtime);
    expect(isAlive(control)).toBe(true);
    await host.close();
    expect([isAlive(control), readdirSync(runtime)]).toEqual([false, []]);
  });

  it('does not outlive a process of ours that was killed', async () => {
    const here = folder();
    const program = join(here, 'opens.cjs');
    const { world, runtime } = sshWorld(bed);
    writeFileSync(
      join(here, 'opens.ts'),
      `import { openOpenssh } from ${JSON.stringify(resolve(import.meta.dirname, '../open'))};
       const silent = { info() {}, warn() {}, error() {} };
       const world = { env: process.env, runtime: ${JSON.stringify(runtime)}, log: silent, ask: async () => null };
       const address = { kind: 'ssh', destination: 'hep-a', user: null, port: null, jump: null, client: 'openssh' };
       void openOpenssh(address as never, world, new AbortController().signal).then(host => {
         console.log('open');
         void host.run(['sh', '-c', 'sleep 1'], { signal: new AbortController().signal, timeoutMs: 9e6, maxOutputBytes: 1 });
       });`
    );
    await build({
      entryPoints: [join(here, 'opens.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
      nodePaths: [resolve('node_modules')]
    });
    const child = spawn(process.execPath, [program], { env: world.env });
    await once(child.stdout, 'data');
    const control = controlOf(runtime);
    expect(isAlive(control)).toBe(true);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(control), { timeout: 5000 }).toBe(false);
    // The next one finds the folder and clears it away.
    const { host } = await login(bed, 'hep-a', { world: { runtime } });
    expect(existsSync(control)).toBe(false);
    await host.close();
  });
});

function isAlive(control: string): boolean {
  return pidsOf(control).length > 0;
}

/** Whether a process is the program ssh itself that serves this socket. */
function isMaster(pid: number, control: string): boolean {
  const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return args[0] === 'ssh' && args.includes('-M') && args.includes(control);
}
