import type { TranslationBundle } from '@jupyterlab/translation';
import * as z from 'zod';
import { JsonSource, SubmissionRequest } from '../../contract';
import type { Interpreter } from '../../contract';
import { issueWords } from '../connections/form-values';
import { readSamples } from './samples-text';
import { shellLine, shellWords } from './shell-words';

const text = z.string().default('');

/** The form as it is filled in; what is empty is not asked for. */
export const FormValues = z.object({
  connection: text,
  runner: text,
  samples: text,
  /** Content instead of a path, as it comes from an audit. */
  runnerGiven: JsonSource.nullable().default(null),
  samplesGiven: JsonSource.nullable().default(null),
  /** A samples JSON that is written in the form. */
  samplesEdited: z.object({ name: z.string(), text: z.string() }).nullable().default(null),
  clusterPerSample: z.boolean().default(true),
  program: text,
  words: text,
  output: text,
  queue: text,
  memory: text,
  cores: text,
  walltime: text,
  filesPerJob: text,
  limit: text,
  only: text,
  framework: SubmissionRequest.shape.framework,
  folder: text,
  disk: text,
  account: text,
  image: text,
  retries: text,
  maxIdle: text,
  maxMaterialize: text,
  setup: text,
  environment: text,
  pythonPath: text,
  proxy: text,
  directives: text
});
export type FormValues = z.output<typeof FormValues>;

/** A field whose value is typed. */
export type TextKey = {
  [K in keyof FormValues]: FormValues[K] extends string ? K : never;
}[keyof FormValues];

/** What is wrong, by the field where it is. */
export type FormErrors = Partial<Record<keyof FormValues, string>>;

const NUMBERS = ['cores', 'filesPerJob', 'limit', 'retries', 'maxIdle', 'maxMaterialize'] as const;
const PLAIN = ['queue', 'walltime', 'disk', 'account', 'image', 'proxy'] as const;

/** The request that the form asks for, or what is wrong with it. */
export function readValues(
  values: FormValues,
  interpreter: Interpreter | null,
  trans: TranslationBundle
): { readonly request: SubmissionRequest | null; readonly errors: FormErrors } {
  const errors: FormErrors = {};
  const split = (key: 'program' | 'words' | 'only') => {
    const read = shellWords(values[key]);
    if ('words' in read) {
      return [...read.words];
    }
    errors[key] = trans.__('A quote %1 is not closed.', read.unclosed);
    return [];
  };
  const pairs = (key: 'environment' | 'directives') => {
    const read = lines(values[key]).map(line => /^([^=]*?)\s*=\s*(.*)$/.exec(line));
    if (read.some(pair => pair === null)) {
      errors[key] = trans.__('Each line is NAME=value.');
    }
    return Object.fromEntries(read.map(pair => [pair?.[1] ?? '', pair?.[2] ?? '']));
  };
  const { program, runnerGiven, samplesGiven } = values;
  const edited = () => {
    if (values.samplesEdited === null) {
      return null;
    }
    const { name, text: typed } = values.samplesEdited;
    const samples = readSamples(typed, trans);
    if ('fault' in samples) {
      errors.samples = samples.fault;
      return null;
    }
    return { kind: 'content', name, json: samples.json };
  };
  const read = SubmissionRequest.safeParse({
    connection: values.connection,
    runner: runnerGiven ?? { kind: 'path', path: values.runner.trim() },
    samples: samplesGiven ?? edited() ?? source(values.samples),
    clusterPerSample: values.clusterPerSample,
    interpreter,
    program: program.trim() === '' ? null : split('program'),
    arguments: split('words'),
    framework: values.framework,
    folder: values.folder.trim() === '' ? null : values.folder.trim(),
    options: {
      ...filled(values, PLAIN, word => word),
      ...filled(values, NUMBERS, Number),
      ...filled(values, ['memory'], word => (/^\d+$/.test(word) ? Number(word) : word)),
      only: split('only'),
      setup: lines(values.setup),
      pythonPath: lines(values.pythonPath),
      environment: pairs('environment'),
      directives: pairs('directives'),
      output: values.output.trim() === '' ? null : values.output.trim()
    }
  });
  for (const issue of read.error?.issues ?? []) {
    const key = fieldOf(issue.path.map(String));
    const value = values[key];
    errors[key] ??= issueWords(issue, typeof value === 'string' ? value : '', trans);
  }
  const isFine = Object.keys(errors).length === 0;
  return { request: isFine && read.success ? read.data : null, errors };
}

/** The form that asks for a request. */
export function valuesOf(request: z.input<typeof SubmissionRequest>): FormValues {
  const asked = SubmissionRequest.parse(request);
  const { runner, samples, program, options } = asked;
  const joined = (pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs)
      .map(([name, value]) => `${name}=${value}`)
      .join('\n');
  const plain = Object.fromEntries(
    [...PLAIN, ...NUMBERS, 'memory' as const].map(key => [key, String(options[key] ?? '')])
  );
  return FormValues.parse({
    ...plain,
    connection: asked.connection,
    runner: runner.kind === 'path' ? runner.path : '',
    samples: samples?.kind === 'path' ? samples.path : '',
    runnerGiven: runner.kind === 'content' ? runner : null,
    samplesGiven: samples?.kind === 'content' ? samples : null,
    clusterPerSample: asked.clusterPerSample,
    program: program === null ? '' : shellLine(program),
    words: shellLine(asked.arguments),
    output: options.output ?? '',
    only: shellLine(options.only),
    framework: asked.framework,
    folder: asked.folder ?? '',
    setup: options.setup.join('\n'),
    pythonPath: options.pythonPath.join('\n'),
    environment: joined(options.environment),
    directives: joined(options.directives)
  });
}

function source(path: string) {
  return path.trim() === '' ? null : { kind: 'path', path: path.trim() };
}

function lines(typed: string): string[] {
  return typed
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

function filled<K extends TextKey, T>(
  values: FormValues,
  keys: readonly K[],
  read: (word: string) => T
): Partial<Record<K, T>> {
  const all: Partial<Record<K, T>> = {};
  for (const key of keys) {
    const word = values[key].trim();
    if (word !== '') {
      all[key] = read(word);
    }
  }
  return all;
}

/** The field of the form where something of the request is filled in. */
function fieldOf(path: readonly string[]): keyof FormValues {
  const [first = '', second = ''] = path;
  const name = first === 'options' ? second : first === 'arguments' ? 'words' : first;
  const key = FormValues.keyof().safeParse(name);
  return key.success ? key.data : 'connection';
}
