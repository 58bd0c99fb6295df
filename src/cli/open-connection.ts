import { isDeepStrictEqual } from 'node:util';
import { HepbatchError, connections } from '../contract';
import type { Connection } from '../contract';
import type { IAgentClient } from './agent-client';
import { TerminalPrompts } from './terminal-prompts';
import type { ITty } from './tty';
import { Waiting } from './waiting';

/** The connection of that id, or else of that title. Throws `not-found`. */
export async function findConnection(client: IAgentClient, name: string): Promise<Connection> {
  const { connections: all } = await client.call(connections.list, undefined);
  const found =
    all.find(({ profile }) => profile.id === name) ??
    all.find(({ profile }) => profile.title.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    const ids = all.map(({ profile }) => profile.id).join(', ');
    throw new HepbatchError('not-found', `there is no connection ${name}`, {
      next: `There are ${ids}.`
    });
  }
  return found;
}

/**
 * Opens a connection, asking in the terminal what the host asks, and resolves when it is open. Throws
 * what keeps it from opening; `cancelled` by the signal, which also closes what was begun.
 */
export async function openConnection(
  client: IAgentClient,
  name: string,
  tty: ITty | null,
  signal: AbortSignal
): Promise<Connection> {
  const before = await findConnection(client, name);
  if (before.state === 'open') {
    return before;
  }
  const { id, host } = before.profile;
  const { connections: all } = await client.call(connections.list, undefined);
  // Another connection to the same host may be what asks: they share one line.
  const sharing = new Set(
    all
      .filter(({ profile }) => isDeepStrictEqual(profile.host, host))
      .map(({ profile }) => profile.id)
  );
  const asked = new TerminalPrompts(
    client,
    tty,
    ({ connection }) => connection !== null && sharing.has(connection)
  );
  const waiting = new Waiting<Connection>();
  const look = (now: Connection) => {
    if (now.state === 'open') {
      waiting.resolve(now);
    } else if (now.state !== 'opening' && now.state !== 'asking') {
      waiting.reject(failureOf(now));
    }
  };
  const listening = await client.listen(
    event => {
      asked.take(event);
      if (event.topic === 'reset') {
        client.call(connections.read, { id }).then(look, (error: unknown) => waiting.reject(error));
      }
      if (event.topic === 'connection' && event.connection.profile.id === id) {
        look(event.connection);
      }
    },
    () => waiting.reject(gone())
  );
  const stop = () => waiting.reject(cancelled(name));
  signal.addEventListener('abort', stop, { once: true });
  try {
    await asked.begin();
    look(await client.call(connections.open, { id }));
    return await Promise.race([waiting.promise, asked.failed]);
  } catch (error) {
    if (signal.aborted || (tty === null && error instanceof HepbatchError)) {
      await closeBegun(client, id);
    }
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    listening.stop();
  }
}

/** Takes back an opening that nobody will answer. */
async function closeBegun(client: IAgentClient, id: string): Promise<void> {
  const { state } = await client.call(connections.read, { id });
  if (state === 'opening' || state === 'asking') {
    await client.call(connections.close, { id });
  }
}

function failureOf({ state, failure, profile }: Connection): HepbatchError {
  return failure === null
    ? cancelled(profile.title)
    : new HepbatchError(
        failure.code,
        `${profile.title} is ${state}: ${failure.message}`,
        failure.data
      );
}

const cancelled = (name: string) =>
  new HepbatchError('cancelled', `${name} was not opened`, { next: 'Open it again.' });

const gone = () =>
  new HepbatchError('unreachable', 'the agent ended while it opened the connection', {
    next: 'Try again.'
  });
