/** The real agent in this process; only the relay between it and the front end is replaced. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerConnection } from '@jupyterlab/services';
import { createApp } from '../../agent/app';
import { Audits } from '../../agent/audits/audits';
import { auditsFeature } from '../../agent/audits/feature';
import { InlinePool } from '../../agent/audits/pool';
import { AuditStore } from '../../agent/audits/store';
import { thisMachine } from '../../agent/audits/there/__tests__/here';
import { Tree } from '../../agent/audits/__tests__/tree';
import { EventHub } from '../../agent/events';
import type { IFeature } from '../../agent/feature';
import { CONTRACT } from '../../contract';
import type { Audit, Call } from '../../contract';
import type { AuditsModel } from '../audits/model';

/** A log that nobody reads. */
export const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const BASE = 'http://lab/';

/** Settings whose requests go to `relay`, as the Jupyter server would pass them on. */
export function settingsTo(relay: (path: string, asked: Request) => Promise<Response>) {
  const fetch: typeof globalThis.fetch = input => {
    const asked = new Request(input);
    return relay(asked.url.replace(`${BASE}hepbatch/api`, ''), asked);
  };
  return ServerConnection.makeSettings({ baseUrl: BASE, fetch, Request, Headers });
}

/** An agent with real audits in a state folder of its own. */
export async function openAgent(state = mkdtempSync(join(tmpdir(), 'lab-agent-')), before = 0) {
  const events = new EventHub(before);
  const audits = await Audits.open({
    env: {
      PATH: '/nowhere',
      HEPBATCH_PYTHON: process.env['HEPBATCH_PYTHON'] ?? '/usr/bin/python3'
    },
    cacheFolder: join(state, 'cache'),
    store: new AuditStore(state, quiet),
    events,
    log: quiet,
    openPool: () => new InlinePool(),
    openHost: () => Promise.resolve({ key: 'away', host: thisMachine() })
  });
  return { ...served(events, [auditsFeature(audits)]), state };
}

/** The routes and the event stream of an agent with these features. */
export function served(events: EventHub, features: readonly IFeature[]) {
  const info = {
    name: 'hepbatch' as const,
    version: '0.1.0',
    contract: CONTRACT,
    pid: 1,
    host: 'here',
    node: 'v20',
    startedAt: '2026-11-24T12:00:00.000Z',
    log: '/nowhere'
  };
  const app = createApp({ info, events, features, log: quiet });
  /** Paths that were asked, in order. */
  const asked: string[] = [];
  const settings = settingsTo(async (path, request) => {
    asked.push(path.replace(/[?&]\d{13}$/, '')); // JupyterLab's guard against caches
    const { method } = request;
    return app.request(path, method === 'GET' ? {} : { method, body: await request.text() });
  });
  return { app, events, settings, asked };
}

/** A small analysis with one file of each kind of trouble: `a` fine, `b` partial, `c` and `d` missing. */
export function analysis(): Tree {
  const tree = new Tree();
  for (const stem of ['a', 'b', 'c']) {
    tree.input('GJet', stem, 100);
  }
  tree.chunk('GJet/nominal/a_Events_0-100.parquet');
  tree.chunk('GJet/nominal/b_Events_0-50.parquet');
  tree.file('GJet/nominal/merged.parquet', 'x');
  tree.input('Data', 'd', 10);
  tree.save();
  return tree;
}

/** What to ask for an analysis. */
export function requestOf({ samplesJson, source, eventsJson }: Tree): Audit['request'] {
  return {
    on: null,
    inputsOn: 'here',
    samplesJson,
    source,
    convention: 'DAS',
    expected: 'events',
    events: eventsJson,
    dasgoclient: null,
    chunk: null,
    limit: null,
    variations: 'all',
    check: 'new',
    logs: null,
    skipBadFiles: false,
    timeoutSeconds: 30,
    workers: 1
  };
}

/** Between the agent's answer and its arrival something may be told: what `during` was given. */
export function withNews(straight: Call): {
  readonly call: Call;
  readonly during: (happen: () => void) => void;
} {
  let meanwhile: () => void = () => undefined;
  return {
    call: async (endpoint, body) => {
      const answer = await straight(endpoint, body);
      meanwhile();
      return answer;
    },
    during: happen => (meanwhile = happen)
  };
}

/** Waits until something is true; the time limit of the test ends what never comes. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** Starts an audit and waits for its end; `more` stands over what is asked. */
export async function runAudit(
  model: AuditsModel,
  tree: Tree,
  more: Partial<Audit['request']> = {}
): Promise<Audit> {
  let audit = await model.start({ ...requestOf(tree), ...more });
  while (audit.state === 'running') {
    await new Promise(resolve => setTimeout(resolve, 5));
    audit = await model.read(audit.id);
  }
  return audit;
}
