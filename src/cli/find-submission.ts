import { HepbatchError, connections, submissions } from '../contract';
import type { Submission } from '../contract';
import type { IAgentClient } from './agent-client';
import { nameOf } from './submission-text';

/** Shorter beginnings of a token name nothing. */
const LEAST = 4;

/**
 * The submission of that folder's name, or whose token begins so; `last`: the newest. Throws `not-found`,
 * `bad-request`.
 */
export async function findSubmission(client: IAgentClient, name: string): Promise<Submission> {
  const { submissions: all } = await client.call(submissions.list, undefined);
  const found = all.filter(
    (one, index) =>
      (name === 'last' && index === 0) ||
      nameOf(one) === name ||
      one.folder === name ||
      (name.length >= LEAST && one.token.startsWith(name.toLowerCase()))
  );
  const [only, ...more] = found;
  if (only === undefined) {
    const names = all.slice(0, 10).map(nameOf).join(', ') || 'none';
    throw new HepbatchError('not-found', `there is no submission ${name}`, {
      next: `There are: ${names}${all.length > 10 ? ', ...' : ''}.`
    });
  }
  if (more.length > 0) {
    const tokens = found.map(({ token }) => token).join(', ');
    throw new HepbatchError('bad-request', `${name} means ${found.length} submissions`, {
      next: `Name it by its token: ${tokens}.`
    });
  }
  return only;
}

/**
 * Where jobs go if nobody says: the one batch system there is for them, else this machine. One that comes
 * with hepbatch and is elsewhere counts once it is open.
 */
export async function defaultConnection(client: IAgentClient): Promise<string> {
  const { connections: all } = await client.call(connections.list, undefined);
  const batch = all.filter(
    ({ profile: { backend, host }, origin, state, unusable }) =>
      backend.startsWith('vanilla-') &&
      backend !== 'vanilla-local' &&
      unusable === null &&
      (host.kind === 'local' || origin !== 'built-in' || state === 'open')
  );
  const [only, ...more] = batch;
  return only === undefined || more.length > 0 ? 'vanilla-local' : only.profile.id;
}
