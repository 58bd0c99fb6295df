/** What condor_qedit is told, and the requirements that keep jobs from nodes: pure. */
import { FLAVOURS, HepbatchError } from '../../../../contract';
import type { IJobChange } from '../scheduler';

/** Attributes and their new values, each an argument of its own. Throws `bad-request`. */
export function editedAttributes({
  memoryMb,
  queue,
  walltimeSeconds
}: IJobChange): readonly string[] {
  const edits: string[] = [];
  if (memoryMb !== undefined) {
    edits.push('RequestMemory', String(Math.ceil(memoryMb)));
  }
  if (queue !== undefined) {
    const flavour = Object.entries(FLAVOURS).find(([name]) => name === queue);
    if (flavour === undefined) {
      const known = Object.keys(FLAVOURS).join(', ');
      throw unfit(`${JSON.stringify(queue)} is no job flavour`, `Choose one of ${known}.`);
    }
    // The flavour is read at submission only; what counts later is the time that it stands for.
    edits.push('JobFlavour', `"${flavour[0]}"`, 'MaxRuntime', String(flavour[1]));
  }
  if (walltimeSeconds !== undefined) {
    const seconds = String(Math.ceil(walltimeSeconds));
    edits.push('MaxRuntime', seconds, 'AllowedJobDuration', seconds);
  }
  return edits;
}

/**
 * Requirements of jobs as `condor_q -af:r ProcId Requirements` prints them, with the procs of each and as
 * they are when the nodes are excluded too. Throws `bad-request` for what is no name of a node.
 */
export function excluding(
  stdout: string,
  nodes: readonly string[]
): readonly { readonly procs: readonly number[]; readonly requirements: string }[] {
  const procs = new Map<string, number[]>();
  for (const line of stdout.split('\n')) {
    const [, proc, requirements = ''] = /^(\d+) (.*)$/.exec(line) ?? [];
    if (proc !== undefined) {
      procs.set(requirements, [...(procs.get(requirements) ?? []), Number(proc)]);
    }
  }
  const clauses = nodes.map(node => `(TARGET.Machine =!= "${machineOf(node)}")`);
  return [...procs].map(([before, numbers]) => {
    const missing = clauses.filter(clause => !before.includes(clause));
    const old = before === 'undefined' ? [] : [`(${before})`];
    return { procs: numbers, requirements: [...old, ...missing].join(' && ') };
  });
}

/** `slot1_2@b7g1234.cern.ch` runs on the machine `b7g1234.cern.ch`. */
function machineOf(node: string): string {
  const machine = node.slice(node.lastIndexOf('@') + 1);
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(machine)) {
    throw unfit(`${JSON.stringify(node)} is no name of a node`, 'Take the names from the jobs.');
  }
  return machine;
}

function unfit(message: string, next: string): HepbatchError {
  return new HepbatchError('bad-request', message, { next });
}
