import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { home } from './lab';

/** The working folder of the server. */
export const work = (): string => join(home(), 'work');

/** The smallest bytes that are sound at both ends: head, a footer of one byte, its length, tail. */
const SOUND = Buffer.from('PAR1\0\u0001\0\0\0PAR1', 'latin1');

/** A small analysis on the disk of the server: one file is complete, one partial, and so on. */
export function smallAnalysis(name: string) {
  const root = join(work(), name);
  const url = (stem: string) =>
    `root://xrootd.example//store/mc/E/GJet/NANOAODSIM/v1/10/${stem}.root`;
  const samples = { GJet: ['a', 'b', 'c', 'd'].map(url), 'Data <b>x</b>': [url('e')] };
  const chunk = (path: string, bytes: Buffer = SOUND) => {
    mkdirSync(join(root, 'out', path, '..'), { recursive: true });
    writeFileSync(join(root, 'out', path), bytes);
  };
  chunk('GJet/nominal/a_Events_0-100.parquet');
  chunk('GJet/nominal/b_Events_0-50.parquet');
  chunk('GJet/nominal/c_Events_0-100.parquet', Buffer.from('PAR1 cut off here'));
  chunk('GJet/nominal/merged.parquet');
  chunk('Data <b>x</b>/nominal/e_Events_0-100.parquet');
  const events = Object.fromEntries(
    Object.entries(samples).map(([dataset, urls]) => [
      dataset,
      Object.fromEntries(urls.map(file => [file, 100]))
    ])
  );
  writeFileSync(join(root, 'samples.json'), JSON.stringify(samples, null, 4));
  writeFileSync(join(root, 'events.json'), JSON.stringify(events));
  return {
    root,
    samples,
    chunk,
    samplesJson: join(root, 'samples.json'),
    source: join(root, 'out'),
    events: join(root, 'events.json'),
    /** What the export must be. */
    missing: { GJet: ['b', 'c', 'd'].map(url) }
  };
}

/** 200,000 input files in 20 datasets, the first 100 of each with a chunk. */
export function largeAnalysis(name: string) {
  const root = join(work(), name);
  const samples: Record<string, string[]> = {};
  for (let d = 0; d < 20; d += 1) {
    const dataset = `Sample_${d}`;
    const nominal = join(root, 'out', dataset, 'nominal');
    mkdirSync(nominal, { recursive: true });
    samples[dataset] = Array.from(
      { length: 10_000 },
      (_, i) => `root://xrootd.example//store/mc/E/${dataset}/NANOAODSIM/v1/10/f${d}-${i}.root`
    );
    for (let i = 0; i < 100; i += 1) {
      writeFileSync(join(nominal, `f${d}-${i}_Events_0-100.parquet`), SOUND);
    }
  }
  const samplesJson = join(root, 'samples.json');
  writeFileSync(samplesJson, JSON.stringify(samples));
  return { root, samples, samplesJson, source: join(root, 'out') };
}
