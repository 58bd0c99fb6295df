import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { AgentEvent, Call, Failure } from '../contract';
import type { AuditsModel } from './audits/model';
import type { ClustersModel } from './clusters/model';
import type { ConnectionsModel } from './connections/model';
import type { SubmissionsModel } from './submissions/model';

/**
 * What is known of the agent. `unknown`: nobody asked yet; `starting`: asked, no answer yet; `up`:
 * its event stream is open; `lost`: it was up and the line broke; `absent`: it cannot be had.
 */
export type AgentState = 'unknown' | 'starting' | 'up' | 'lost' | 'absent';

/** The agent as the front end sees it. */
export interface IAgent {
  /** Asks the agent through the Jupyter server. */
  readonly call: Call;
  readonly state: AgentState;
  /** Why it is `lost` or `absent`, and what to do. */
  readonly failure: Failure | null;
  readonly stateChanged: ISignal<IAgent, void>;
  /** What the agent tells, in order; `reset` where something may have been missed. */
  readonly heard: ISignal<IAgent, AgentEvent>;
  /** Begins to listen to the agent, which starts it; a second call does nothing. */
  connect(): void;
  /** Begins to listen if an agent runs already; starts none. */
  join(): Promise<void>;
  /** Tries again now, without waiting for the next attempt. */
  retry(): void;
}

/** Token of the agent. */
export const IAgent = new Token<IAgent>(
  'hepbatch:IAgent',
  'The agent of hepbatch: asks it, hears its events, knows whether it is there.'
);

/** The audits of this user. */
export interface IAudits {
  /** The model of the list; loaded when it is first asked for. */
  model(): Promise<AuditsModel>;
}

/** Token of the audits. */
export const IAudits = new Token<IAudits>(
  'hepbatch:IAudits',
  'The audits of hepbatch: their list as a model, kept up to date.'
);

/** The clusters of this user. */
export interface IClusters {
  /** The model of the list; loaded when it is first asked for. */
  model(): Promise<ClustersModel>;
}

/** Token of the clusters. */
export const IClusters = new Token<IClusters>(
  'hepbatch:IClusters',
  'The Dask clusters of hepbatch: their list as a model, kept up to date.'
);

/** The connections of this user. */
export interface IConnections {
  /** The model of the list; loaded when it is first asked for. */
  model(): Promise<ConnectionsModel>;
}

/** Token of the connections. */
export const IConnections = new Token<IConnections>(
  'hepbatch:IConnections',
  'The connections of hepbatch: their list as a model, kept up to date.'
);

/** The submissions of this user. */
export interface ISubmissions {
  /** The model of the list; loaded when it is first asked for. */
  model(): Promise<SubmissionsModel>;
}

/** Token of the submissions. */
export const ISubmissions = new Token<ISubmissions>(
  'hepbatch:ISubmissions',
  'The submissions of hepbatch: their list as a model, kept up to date.'
);

/** A number that a section shows beside its title; null: nothing is shown. */
export interface ICount {
  readonly value: number | null;
  readonly changed: ISignal<ICount, void>;
}

/** One section of the sidebar. */
export interface ISection {
  readonly id: string;
  readonly title: string;
  readonly widget: Widget;
  /** Lower numbers stand higher. */
  readonly rank: number;
  readonly count: ICount;
  /** Buttons beside the title, by name. */
  readonly toolbar: ReadonlyArray<readonly [string, Widget]>;
}

/** The sidebar of hepbatch, to which features add sections. */
export interface ISidebar {
  add(section: ISection): void;
}

/** Token of the sidebar. */
export const ISidebar = new Token<ISidebar>(
  'hepbatch:ISidebar',
  'The sidebar of hepbatch, to which features add sections.'
);
