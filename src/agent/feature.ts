import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Hono } from 'hono';
import type { EventHub } from './events';
import type { ILog } from './log';
import type { IEnvironment, IFolders } from './paths';

/** What a feature is handed by the agent it lives in. */
export interface IFeatureWorld {
  readonly env: IEnvironment['env'];
  readonly home: string;
  readonly folders: IFolders;
  readonly events: EventHub;
  readonly log: ILog;
}

/** Requests that are no questions of the contract: they are passed on to somebody else as they are. */
export interface IPassage {
  /** What their paths begin with. */
  readonly prefix: string;
  request(request: IncomingMessage, response: ServerResponse): void;
  /** Takes over the line of a request to change the protocol; `head` is what came after it. */
  upgrade(request: IncomingMessage, client: Duplex, head: Buffer): void;
}

/** A noun of the house, as the agent sees it. */
export interface IFeature {
  /** Its word, for the log. */
  readonly name: string;
  /** Serves what it answers. */
  route(app: Hono): void;
  readonly passage?: IPassage;
  /** True while something runs that a client will want to see the end of. */
  readonly busy: boolean;
  /** Ends all that it has opened; the agent is about to end. */
  dispose(): Promise<void>;
}
