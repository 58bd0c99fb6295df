import { checkChunks, UnreadableChunk } from './check';
import { Comparison } from './compare';
import { ChunkTable } from './chunk-table';
import { isVariation, listFolders, listVariation, UnreadableFolder, type IInputs } from './folder';
import type { IAnswer, IQuestion, IStep } from './question';

const NOMINAL = 'nominal';

/**
 * Answers for one dataset: lists its variations, looks at the chunks, compares. What cannot be
 * read makes the dataset unknown, and nothing else.
 */
export function answerDataset(question: IQuestion, step: (step: IStep) => void): IAnswer {
  try {
    return answer(question, step);
  } catch (error) {
    if (error instanceof UnreadableFolder || error instanceof UnreadableChunk) {
      return unknownAnswer(error.message);
    }
    throw error;
  }
}

/** The answer that says only why there is none. */
export function unknownAnswer(reason: string): IAnswer {
  return {
    status: new Uint8Array(0),
    found: new Float64Array(0),
    chunks: new Uint32Array(0),
    faults: [],
    resubmit: [],
    stale: [],
    foreign: [],
    variations: [],
    unknown: reason
  };
}

function answer(question: IQuestion, step: (step: IStep) => void): IAnswer {
  const { folder } = question;
  const ids = question.ids === '' ? [] : question.ids.split('\0');
  const { inputs, twins } = index(question, ids);
  const beside = listFolders(folder);
  const list = (name: string) => {
    const table = listVariation(folder, name, inputs);
    step({ listed: table.length, opened: 0 });
    return table;
  };
  const isOther = (name: string) => name === NOMINAL || question.nested.includes(name);
  const shifts = (beside ?? []).filter(name => !isOther(name) && isVariation(folder, name)).sort();
  const hasNominal = beside?.includes(NOMINAL) ?? false;
  const nominal = hasNominal ? list(NOMINAL) : new ChunkTable(NOMINAL, inputs.count);
  const judged = question.variations === 'all' ? shifts.map(list) : [];
  if (beside && question.check !== 'names') {
    checkChunks(folder, [nominal, ...judged], {
      cacheFolder: question.cacheFolder,
      again: question.check === 'all',
      opened: opened => step({ listed: 0, opened })
    });
  }
  const comparison = new Comparison(question, ids, nominal, judged, twins);
  comparison.run();
  const { status, found, chunks, faults, resubmit } = comparison;
  // Chunks of all variations are stale, also of those that were not to be judged.
  const others = question.variations === 'all' || resubmit.length === 0;
  const all = others ? judged : shifts.map(list);
  const stale = staleOf(resubmit, [nominal, ...all], twins);
  const variations = hasNominal ? [NOMINAL, ...shifts] : shifts;
  return {
    status,
    found,
    chunks,
    faults,
    resubmit,
    stale,
    foreign: nominal.foreign,
    variations,
    unknown: null
  };
}

/** Identifiers to inputs; of inputs that share one, the first has the chunks of all. */
function index(
  question: IQuestion,
  all: readonly string[]
): { inputs: IInputs; twins: Map<number, number[]> } {
  const ids = new Map<string, number>();
  const twins = new Map<number, number[]>();
  for (const [i, id] of all.entries()) {
    if (id === '') {
      continue;
    }
    const first = ids.get(id);
    if (first === undefined) {
      ids.set(id, i);
    } else {
      const group = twins.get(first) ?? [first];
      group.push(i);
      twins.set(first, group).set(i, group);
    }
  }
  const others = question.others && new Set(question.others);
  const isOther = (id: string) =>
    others === null || others.has(id) || others.has(id.replace(/^_+/, ''));
  return { inputs: { count: all.length, ids, isOther }, twins };
}

function staleOf(
  resubmit: readonly number[],
  variations: readonly ChunkTable[],
  twins: ReadonlyMap<number, readonly number[]>
): string[] {
  const stale = new Set<string>();
  for (const index of resubmit) {
    const owner = twins.get(index)?.[0] ?? index;
    for (const table of variations) {
      for (const chunk of table.of(owner)) {
        stale.add(`${table.variation}/${chunk.name}`);
      }
    }
  }
  return [...stale];
}
