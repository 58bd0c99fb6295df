import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentProtocol, utils } from 'ssh2';
import { afterEach, expect, it } from 'vitest';
import type { Ask, Question } from '../../../asker';
import { RemoteHost } from '../../remote-host';
import { SessionOpener } from '../session';
import { call, hostKey, letIn, noServer, oddServer, runCommands, wants } from './odd-server';
import type { IOddServer } from './odd-server';

const servers: IOddServer[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  servers.splice(0).forEach(server => server.end());
  sockets.splice(0).forEach(socket => socket.destroy());
});
const up = async (server: Promise<IOddServer>) => {
  servers.push(await server);
  return server;
};
const never: Ask = () => Promise.reject(new Error('nothing was to be asked'));
const unreachable = (what: RegExp) => ({
  code: 'unreachable',
  message: expect.stringMatching(what) as unknown
});

/** A file with a new private key, and its public half. */
function newKey(): { file: string; blob: Buffer } {
  const { private: text, public: line } = utils.generateKeyPairSync('ed25519');
  const file = join(mkdtempSync(join(tmpdir(), 'key-')), 'key');
  writeFileSync(file, text, { mode: 0o600 });
  return { file, blob: Buffer.from(line.split(' ')[1] ?? '', 'base64') };
}

it('a port that hangs up, one that says nothing, and one that speaks something else', async () => {
  const rude = await up(noServer(socket => socket.destroy()));
  await expect(call(rude.route(), never)).rejects.toMatchObject(unreachable(/me@127.0.0.1/));
  const silent = await up(noServer(socket => sockets.push(socket)));
  const asked = call(silent.route(), never, { patienceMs: 300 });
  await expect(asked).rejects.toMatchObject(unreachable(/no word from it/));
  const web = await up(noServer(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  await expect(call(web.route(), never)).rejects.toMatchObject(unreachable(/me@127.0.0.1/));
});

it('a server that ends while the user thinks: the question is taken back, and nothing hangs', async () => {
  const server = await up(
    oddServer(client => {
      wants(client, 'keyboard-interactive', context => {
        context.prompt('Code: ', () => undefined);
        setTimeout(() => client.end(), 100);
      });
    })
  );
  let isTakenBack = false;
  const thinker: Ask = (_question, signal) =>
    new Promise(resolve => {
      signal.addEventListener('abort', () => {
        isTakenBack = true;
        resolve(null);
      });
    });
  await expect(call(server.route(), thinker)).rejects.toMatchObject(unreachable(/ended/));
  expect(isTakenBack).toBe(true);
});

it('the user may think longer than we wait for a server', async () => {
  const server = await up(
    oddServer(client => {
      wants(client, 'keyboard-interactive', context => {
        context.prompt('Code: ', ([answer]) =>
          answer === 'late' ? context.accept() : context.reject()
        );
      });
    })
  );
  const slow: Ask = () => sleep(900, 'late');
  const chain = await call(server.route(), slow, { patienceMs: 300 });
  chain.end('done');
});

it('a key of several as a part of what is wanted, then a password: each is offered once', async () => {
  const keys = [newKey(), newKey(), newKey()];
  const offered: string[] = [];
  const right = keys[1];
  const server = await up(
    oddServer(client => {
      let isHalfIn = false;
      client.on('authentication', context => {
        if (context.method === 'publickey' && !isHalfIn) {
          const isRight = right !== undefined && context.key.data.equals(right.blob);
          offered.push(`${keys.findIndex(key => key.blob.equals(context.key.data))}`);
          if (isRight && context.signature === undefined) {
            context.accept();
          } else if (isRight) {
            isHalfIn = true;
            context.reject(['password'], true);
          } else {
            context.reject(['publickey']);
          }
        } else if (context.method === 'password' && isHalfIn && context.password === 'right') {
          context.accept();
        } else {
          offered.push(context.method);
          context.reject([isHalfIn ? 'password' : 'publickey']);
        }
      });
    })
  );
  const questions: Question[] = [];
  const ask: Ask = question => {
    questions.push(question);
    return Promise.resolve(questions.length === 1 ? 'wrong' : 'right');
  };
  const files = keys.map(({ file }) => `identityfile ${file}`).join('\n');
  const chain = await call(server.route(files), ask);
  chain.end('done');
  // The second of the two for key 1 is its signature.
  expect(offered).toEqual(['none', '0', '1', '1', 'password']);
  expect(questions.map(({ again }) => again)).toEqual([false, true]);
});

it('a server that ends while a key agent signs: the signature that comes late does no harm', async () => {
  const key = utils.parseKey(newKey().blob);
  const path = join(mkdtempSync('/tmp/agent-'), 'socket');
  const agent = createServer(socket => {
    const protocol = new AgentProtocol(false);
    protocol.on('identities', request =>
      protocol.getIdentitiesReply(request, key instanceof Error ? [] : [key])
    );
    protocol.on('sign', request => {
      setTimeout(() => {
        protocol.signReply(request, Buffer.alloc(64));
      }, 400);
    });
    socket.pipe(protocol).pipe(socket);
  }).listen(path);
  const server = await up(
    oddServer(client => {
      wants(client, 'publickey', context => {
        context.accept();
        setTimeout(() => client.end(), 100);
      });
    })
  );
  const route = server.route(`identityagent ${path}`);
  await expect(call(route, never)).rejects.toMatchObject(unreachable(/ended/));
  await sleep(600); // vitest fails where something is thrown that nobody catches
  agent.close();
});

it('a method that fails without a question is not tried for ever', async () => {
  let tries = 0;
  const server = await up(
    oddServer(client => {
      wants(client, 'keyboard-interactive', context => {
        tries++;
        context.reject(['keyboard-interactive']);
      });
    })
  );
  await expect(call(server.route(), never)).rejects.toMatchObject({ code: 'denied' });
  expect(tries).toBe(1);
});

it('a password that has expired is said, and not waited for', async () => {
  const server = await up(
    oddServer(client => {
      wants(client, 'password', context => {
        context.requestChange('Choose a new one', () => undefined);
      });
    })
  );
  await expect(call(server.route(), () => Promise.resolve('old'))).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringContaining('has expired: Choose a new one') as unknown
  });
});

it('a host of which one key is known is asked for that one, though it has a better one', async () => {
  const both = { hostKeys: [hostKey.ed25519.private, hostKey.rsa.private] };
  const server = await up(oddServer(letIn, { ...both, known: hostKey.rsa.public }));
  const chain = await call(server.route(), never);
  chain.end('done');
});

it('a host that speaks no algorithm of ours is left to OpenSSH', async () => {
  const server = await up(oddServer(letIn));
  const route = server.route('hostkeyalgorithms rsa-sha2-512');
  await expect(call(route, never)).rejects.toMatchObject({
    code: 'unsupported',
    data: { next: expect.stringContaining('OpenSSH') as unknown }
  });
});

it('a host with fewer sessions than we ask for: the others wait', async () => {
  const server = await up(
    oddServer(client => {
      letIn(client);
      client.on('ready', () => runCommands(client, 2));
    })
  );
  const chain = await call(server.route(), never);
  const host = hostOf(chain);
  const ran = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      host.run(['sh', '-c', `sleep 0.1; echo ${i}`], {
        signal: new AbortController().signal,
        timeoutMs: 20_000,
        maxOutputBytes: 1000
      })
    )
  );
  expect(ran.map(({ stdout }) => stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5']);
  await host.close();
});

it('a host that opens no session says so', async () => {
  const server = await up(
    oddServer(client => {
      letIn(client);
      client.on('ready', () => runCommands(client, 0));
    })
  );
  const chain = await call(server.route(), never);
  await expect(new SessionOpener(chain.target).open('true')).rejects.toMatchObject(
    unreachable(/opens no session/)
  );
  chain.end('done');
});

it('a session that nobody reads ends with its line', async () => {
  const server = await up(
    oddServer(client => {
      letIn(client);
      client.on('ready', () => runCommands(client));
    })
  );
  const chain = await call(server.route(), never);
  const session = await new SessionOpener(chain.target).open('exec head -c 10000000 /dev/zero');
  chain.end('gone');
  expect(await session.closed).toBe('closed');
});

it('a session that ends without a word of its exit is unknown', async () => {
  const server = await up(
    oddServer(client => {
      letIn(client);
      client.on('session', accept => {
        accept().on('exec', acceptExec => {
          acceptExec().end('half a line');
        });
      });
    })
  );
  const host = hostOf(await call(server.route(), never));
  const ran = await host.run(['true'], {
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    maxOutputBytes: 1000
  });
  expect(ran.end).toBe('unknown');
  await host.close();
});

function hostOf(chain: Awaited<ReturnType<typeof call>>): RemoteHost {
  return new RemoteHost({
    client: 'ssh2',
    title: 'odd',
    openChannel: new SessionOpener(chain.target).open,
    connect: () => Promise.reject(new Error('not here')),
    ended: chain.ended,
    close: () => {
      chain.end('closed');
      return Promise.resolve();
    }
  });
}
