import { Signal } from '@lumino/signaling';
import { expect, it } from 'vitest';
import { HepbatchError, WorkerLoss } from '../../../contract';
import type { AgentEvent, Call } from '../../../contract';
import { LossesModel } from '../losses-model';
import { ClustersModel } from '../model';

const LOST = WorkerLoss.parse({
  ...{ id: 'l-1', at: '2026-11-25T12:00:00.000Z', worker: 'w-1', address: 'tls://10.0.0.1:4000' },
  ...{ host: 'b7s16p', job: '123.0', tasks: [], taskCount: 0 },
  memory: { limitBytes: null, peakBytes: null, samples: [] },
  ...{ cause: 'unknown', evidence: [], lastLines: [], advice: [], isComplete: false }
});

it('shows the answer to the last question, whichever comes first', async () => {
  const answers: ((losses: readonly WorkerLoss[] | null) => void)[] = [];
  const call: Call = async ({ reply }) => {
    const losses = await new Promise(resolve => answers.push(resolve));
    if (losses === null) {
      throw new HepbatchError('timed-out', 'no answer', { next: 'Wait.' });
    }
    return reply.parse({ losses });
  };
  const clusters = new ClustersModel(call, new Signal<object, AgentEvent>({}));
  const model = new LossesModel(call, 'c-1', clusters);
  for (const older of [[], null]) {
    const asked = [model.refresh(), model.refresh()];
    const [first, last] = answers.splice(-2);
    last?.([LOST]);
    first?.(older);
    await Promise.all(asked);
    expect(model.losses).toEqual([LOST]);
    expect(model.failure).toBeNull();
  }
  model.dispose();
  clusters.dispose();
});
