import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prompts } from '../../../contract';
import type { Call, Prompt } from '../../../contract';
import { callOf } from '../../__tests__/served';
import type { IFeature, IFeatureWorld } from '../../feature';
import { startAgent } from '../../serve';
import { connectionsFeature, openConnections } from '../open';
import type { IOpenConnections } from '../open';

/** A real agent with the connections of a user whose home is new. */
export async function serveConnections(more: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'conn-'));
  const python = process.env['HEPBATCH_PYTHON'] ?? '';
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, HEPBATCH_PYTHON: python, ...more };
  const opened: { feature: IFeature; connections: IOpenConnections; world: IFeatureWorld }[] = [];
  const { ready, agent } = await startAgent({
    world: { env, uid: process.getuid?.() ?? null, tmpdir: home, home },
    version: '1.2.3',
    idleMinutes: 15,
    openFeatures: world => {
      const connections = openConnections(world);
      const feature = connectionsFeature(connections);
      opened.push({ feature, connections, world });
      return Promise.resolve([feature]);
    }
  });
  const [first] = opened;
  if (first === undefined || agent === null) {
    throw new Error('another agent runs in this new folder');
  }
  const { connections } = first.connections;
  return {
    socket: ready.socket,
    agent,
    call: callOf(ready.socket),
    ...first.world,
    feature: first.feature,
    connections
  };
}

/** The question that waits, once one does. */
export async function nextPrompt(call: Call): Promise<Prompt> {
  for (;;) {
    const [prompt] = (await call(prompts.list, undefined)).prompts;
    if (prompt !== undefined) {
      return prompt;
    }
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
