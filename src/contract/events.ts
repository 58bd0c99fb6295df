import * as z from 'zod';
import { Audit } from './audits';
import { Cluster } from './clusters';
import { Connection, ConnectionTest, ProfileProblem } from './connections';
import { Dashboard } from './dashboards';
import { Prompt, PromptEnd } from './prompts';
import { Submission } from './submission-parts';

/** Path of the event stream (server-sent events); `?since=N` asks for what came after message N. */
export const EVENTS_PATH = '/events';

/** What a message is about; `reset` says that messages were missed and everything is to be asked again. */
export const EventBody = z.discriminatedUnion('topic', [
  z.object({ topic: z.literal('audit'), audit: Audit }),
  z.object({ topic: z.literal('audit-removed'), id: z.string() }),
  z.object({ topic: z.literal('cluster'), cluster: Cluster }),
  z.object({ topic: z.literal('cluster-removed'), id: z.string() }),
  z.object({ topic: z.literal('connection'), connection: Connection }),
  z.object({ topic: z.literal('connection-removed'), id: z.string() }),
  z.object({ topic: z.literal('connection-problems'), problems: z.array(ProfileProblem) }),
  z.object({ topic: z.literal('connection-test'), test: ConnectionTest }),
  z.object({ topic: z.literal('dashboard'), dashboard: Dashboard }),
  z.object({ topic: z.literal('dashboard-removed'), id: z.string() }),
  z.object({ topic: z.literal('prompt'), prompt: Prompt }),
  z.object({ topic: z.literal('prompt-closed'), id: z.string(), how: PromptEnd }),
  z.object({ topic: z.literal('submission'), submission: Submission }),
  z.object({ topic: z.literal('submission-removed'), token: z.string() }),
  z.object({ topic: z.literal('reset') })
]);
export type EventBody = z.infer<typeof EventBody>;

/** One message of the stream; `sequence` grows by one with each message of one agent. */
export const AgentEvent = z.intersection(z.object({ sequence: z.int() }), EventBody);
export type AgentEvent = z.infer<typeof AgentEvent>;
