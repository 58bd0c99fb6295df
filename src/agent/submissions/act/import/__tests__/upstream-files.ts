/** Folders as the submitter of HiggsDNA makes them, literally but for the command that the jobs run. */

/** Path and text of each file. */
export type Files = readonly (readonly [path: string, text: string])[];

/** A sample with its files, as upstream is given it. */
export interface IUpstream {
  /** `<base>/.higgs_dna_vanilla_lxplus/<analysis>_<stamp>`. */
  readonly folder: string;
  readonly dataset: string;
  readonly files: readonly string[];
  /** What stands in the place of `<sys.prefix>/bin/run_analysis.py`. */
  readonly program: string;
}

const stemOf = (file: string) => (file.split('/').at(-1) ?? '').split('.')[0] ?? '';

/** The inputs, the same for all of its modes. */
function inputs({ folder, dataset, files }: IUpstream): Files {
  return files.flatMap(file => {
    const path = `${folder}/inputs/${dataset}-${stemOf(file)}.json`;
    const runner = `${folder}/inputs/AN-${dataset}-${stemOf(file)}.json`;
    return [
      [path, JSON.stringify({ [dataset]: [file] }, null, 4)],
      [runner, JSON.stringify({ samplejson: path, metaconditions: 'Era2018' }, null, 4)]
    ] as const;
  });
}

const args = ({ folder, dataset }: IUpstream, file: string) =>
  `--json-analysis ${folder}/inputs/AN-${dataset}-${stemOf(file)}.json --dump /eos/me/out --executor iterative`;

const policy = (jobs: string, count: number, memory = '100MB') => [
  `output_destination = ${jobs}`,
  `request_memory = ${memory}`,
  'getenv = True',
  '+JobFlavour = "espresso"',
  'on_exit_remove = (ExitBySignal == False) && (ExitCode == 0)',
  'on_exit_hold = (ExitBySignal == True) || (ExitCode != 0)',
  'periodic_release = (NumJobStarts < 3) && ((CurrentTime - EnteredCurrentStatus) > 600)',
  'max_retries = 3',
  'requirements = Machine =!= LastRemoteHost',
  `queue ${count}`,
  ''
];

/** `cluster_per_sample=True` of LXPlusVanillaSubmitter. */
export function perSample(upstream: IUpstream): Files {
  const { folder, dataset, files, program } = upstream;
  const jobs = `${folder}/jobs`;
  const name = `AN-${dataset}`;
  const script = [
    '#!/bin/sh',
    'export X509_USER_PROXY=/tmp/x509up_u0',
    ...files.flatMap((file, i) => [
      `if [ $1 -eq ${i} ]; then`,
      `    /usr/bin/env ${program} ${args(upstream, file)} || exit 107`,
      'exit 0',
      'fi'
    ]),
    ''
  ];
  const submit = [
    `executable = ${jobs}/${name}.sh`,
    'arguments = $(ProcId)',
    `output = ${name}.$(ClusterId).$(ProcId).out`,
    `error = ${name}.$(ClusterId).$(ProcId).err`,
    `log = ${jobs}/${name}.$(ClusterId).log`,
    ...policy(jobs, files.length)
  ];
  return [
    ...inputs(upstream),
    [`${jobs}/${name}.sh`, script.join('\n')],
    [`${jobs}/${name}.sub`, submit.join('\n')]
  ];
}

/** `cluster_per_sample=False`. */
export function perFile(upstream: IUpstream): Files {
  const { folder, dataset, files, program } = upstream;
  const jobs = `${folder}/jobs`;
  return [
    ...inputs(upstream),
    ...files.map(file => {
      const name = `AN-${dataset}-${stemOf(file)}`;
      const submit = [
        'executable = /usr/bin/env',
        `arguments = ${program} ${args(upstream, file)} || exit 107`,
        `output = ${name}.out`,
        `error = ${name}.err`,
        `log = ${jobs}/${name}.log`,
        ...policy(jobs, 1)
      ];
      return [`${jobs}/${name}.sub`, submit.join('\n')] as const;
    })
  ];
}

/** A script of SLURMVanillaSubmitter. */
export function forSlurm(upstream: IUpstream): Files {
  const { folder, dataset, files, program } = upstream;
  const name = `AN-${dataset}`;
  const jobs = `${folder}/jobs`;
  const script = [
    '#!/bin/bash',
    '#SBATCH --requeue',
    `#SBATCH --job-name=${name}`,
    `#SBATCH --output=${jobs}/${name}_%A_%a.out`,
    `#SBATCH --error=${jobs}/${name}_%A_%a.err`,
    '#SBATCH --time=00:05:00',
    '#SBATCH --mem=50M',
    ...(files.length > 1 ? [`#SBATCH --array=0-${files.length - 1}`] : []),
    ...files.flatMap((file, i) => [
      `if [[ "$SLURM_ARRAY_TASK_ID" -eq ${i} ]]; then`,
      `  /usr/bin/env ${program} ${args(upstream, file)}`,
      'fi'
    ]),
    ''
  ];
  return [...inputs(upstream), [`${jobs}/${name}.sh`, script.join('\n')]];
}
