/** The real connections in this process, for a user whose home is new. */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Signal } from '@lumino/signaling';
import { connectionsFeature, openConnections } from '../../../agent/connections/open';
import { EventHub } from '../../../agent/events';
import { Connection, Prompt } from '../../../contract';
import type { AgentEvent } from '../../../contract';
import { quiet, served, withNews } from '../../__tests__/real-agent';
import { serverCall } from '../../agent';

/** An agent with connections and prompts; `env` is what its user has set. */
export function openRealConnections(env: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'lab-conn-'));
  const config = join(home, '.jupyter', 'hepbatch', 'connections');
  mkdirSync(config, { recursive: true });
  const events = new EventHub();
  const folders = { runtime: home, state: home, cache: home };
  const PATH = process.env['PATH'] ?? '';
  const opened = openConnections({
    env: { PATH, HOME: home, ...env },
    home,
    folders,
    events,
    log: quiet
  });
  const agent = served(events, [connectionsFeature(opened)]);
  const heard = new Signal<object, AgentEvent>({});
  const line = events.subscribe(
    null,
    event => {
      heard.emit(event);
      return true;
    },
    () => undefined
  );
  const { call, during } = withNews(serverCall(agent.settings));
  return {
    ...agent,
    ...opened,
    events,
    heard,
    call,
    home,
    config,
    /** From now on nothing is heard. */
    deafen: () => line.dispose(),
    /** What happens while each answer is on its way. */
    during
  };
}

/** A connection that is closed; what is given stands over it. */
export function connection(id: string, over: object = {}, profile: object = {}): Connection {
  return Connection.parse({
    profile: {
      id,
      title: `the ${id}`,
      backend: 'dask-local',
      host: { kind: 'local' },
      ...profile
    },
    origin: 'user',
    file: null,
    unusable: null,
    state: 'closed',
    failure: null,
    nextTryAt: null,
    paused: false,
    openedAt: null,
    details: null,
    ...over
  });
}

/** A question of a host, asked at noon; what is given stands over it. */
export function prompt(id: string, over: object = {}): Prompt {
  return Prompt.parse({
    id,
    connection: 'lxplus',
    title: 'hepuser@lxplus.cern.ch',
    text: 'Password: ',
    kind: 'secret',
    hostKey: null,
    again: false,
    askedAt: '2026-11-25T12:00:00.000Z',
    expiresAt: '2026-11-25T12:02:00.000Z',
    ...over
  });
}
