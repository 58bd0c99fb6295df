/** What scontrol update is told of jobs that wait: pure. */
import { HepbatchError } from '../../../../contract';
import type { IJobChange } from '../scheduler';

const WORD = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Assignments, each an argument of its own; `excluded` are lists of nodes that stay. Throws `bad-request`. */
export function updates(
  { memoryMb, queue, walltimeSeconds, excludeNodes = [] }: IJobChange,
  excluded: readonly string[]
): readonly string[] {
  const bad = [...excludeNodes, ...(queue === undefined ? [] : [queue])].find(
    word => !WORD.test(word)
  );
  if (bad !== undefined) {
    const next = 'Take nodes from the jobs, and partitions from sinfo.';
    throw new HepbatchError('bad-request', `${JSON.stringify(bad)} is no name of Slurm`, { next });
  }
  return [
    ...(memoryMb === undefined ? [] : [`MinMemoryNode=${Math.ceil(memoryMb)}`]),
    ...(queue === undefined ? [] : [`Partition=${queue}`]),
    ...(walltimeSeconds === undefined ? [] : [`TimeLimit=${Math.ceil(walltimeSeconds / 60)}`]),
    ...(excludeNodes.length === 0
      ? []
      : [`ExcNodeList=${[...new Set([...excluded, ...excludeNodes])].join(',')}`])
  ];
}
