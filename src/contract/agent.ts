import * as z from 'zod';
import { get } from './endpoint';

/**
 * Version of everything in this folder. It is part of the name of the agent's socket, so that
 * programs of different contracts never talk to each other.
 */
export const CONTRACT = 2;

/** Who answers on the socket; the reply to the handshake. */
export const AgentInfo = z.object({
  name: z.literal('hepbatch'),
  version: z.string().meta({ description: 'Version of the hepbatch package the agent came with' }),
  contract: z.int(),
  pid: z.int(),
  host: z.string(),
  node: z.string().meta({ description: 'Version of Node, for example v20.20.2' }),
  startedAt: z.iso.datetime(),
  log: z.string().meta({ description: 'Path of the log of the agent' })
});
export type AgentInfo = z.infer<typeof AgentInfo>;

export const agent = { info: get('/agent', AgentInfo) };
