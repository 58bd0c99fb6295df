import { HepbatchError } from '../../contract';
import { ChunkTable } from './chunk-table';
import { Comparison } from './compare';
import type { AskHost, IAnswer, IQuestion, IStep } from './question';
import { RowEvidence } from './row-evidence';
import { checkChunks } from './tree/check';
import { isVariation, listFolders, listVariation, type IInputs } from './tree/folder';
import { ListedTree } from './tree/listed-tree';
import { LocalTree } from './tree/local-tree';
import { UnreadableTree, type ITree } from './tree/tree';

const NOMINAL = 'nominal';

/**
 * Answers for one dataset: lists its variations, looks at the chunks, compares. What cannot be
 * read makes the dataset unknown, and nothing else. `ask` is for outputs on another host.
 */
export async function answerDataset(
  question: IQuestion,
  step: (step: IStep) => void,
  ask: AskHost
): Promise<IAnswer> {
  const { folder, listing } = question;
  try {
    const tree = listing ? new ListedTree(folder, listing, ask) : new LocalTree(folder);
    return await answer(question, tree, step);
  } catch (error) {
    const isLost = error instanceof HepbatchError && error.code !== 'cancelled';
    if (error instanceof UnreadableTree || isLost) {
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

async function answer(
  question: IQuestion,
  tree: ITree,
  step: (step: IStep) => void
): Promise<IAnswer> {
  const ids = question.ids === '' ? [] : question.ids.split('\0');
  const { inputs, twins } = index(question, ids);
  const beside = listFolders(tree);
  const list = (name: string) => {
    const table = listVariation(tree, name, inputs);
    step({ listed: table.length, opened: 0 });
    return table;
  };
  const isOther = (name: string) => name === NOMINAL || question.nested.includes(name);
  const shifts = (beside ?? []).filter(name => !isOther(name) && isVariation(tree, name)).sort();
  const hasNominal = beside?.includes(NOMINAL) ?? false;
  const nominal = hasNominal ? list(NOMINAL) : new ChunkTable(NOMINAL, inputs.count);
  const judged = question.variations === 'all' ? shifts.map(list) : [];
  if (beside && question.check !== 'names') {
    await checkChunks(tree, [nominal, ...judged], {
      cacheFolder: question.cacheFolder,
      again: question.check === 'all',
      opened: opened => step({ listed: 0, opened })
    });
  }
  const rows = new RowEvidence(tree, [nominal, ...judged]);
  let comparison: Comparison;
  do {
    comparison = new Comparison(question, ids, nominal, judged, twins, rows);
    comparison.run();
  } while (await rows.read());
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
