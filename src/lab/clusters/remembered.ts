import type { IStateDB } from '@jupyterlab/statedb';
import * as z from 'zod';
import { Interpreter } from '../../contract';
import { ClusterValues } from './form-values';

const LAST = 'hepbatch:new-cluster';

const Choices = z.object({ values: ClusterValues, interpreter: Interpreter.nullable() });
/** What was chosen for the last cluster of a connection. */
export type Choices = z.output<typeof Choices>;

/** The last choices of each connection, kept with the workspace. */
export class RememberedChoices {
  constructor(private readonly _states: IStateDB | null) {}

  /** The connection of the last cluster. */
  async connection(): Promise<string | null> {
    const kept: unknown = await this._states?.fetch(LAST).catch(() => null);
    return typeof kept === 'string' ? kept : null;
  }

  async of(connection: string): Promise<Choices | null> {
    const kept: unknown = await this._states?.fetch(`${LAST}:${connection}`).catch(() => null);
    return Choices.safeParse(kept).data ?? null;
  }

  /** Keeps them for the next time; the name was for this one. */
  async keep(connection: string, { values, interpreter }: Choices): Promise<void> {
    const kept = z
      .record(z.string(), z.json())
      .parse(JSON.parse(JSON.stringify({ values: { ...values, name: undefined }, interpreter })));
    await this._states?.save(`${LAST}:${connection}`, kept);
    await this._states?.save(LAST, connection);
  }
}
