/** What Prepare hands to the schedulers and to the journal: types and constants, nothing that acts. */

/** The batch systems that plain jobs run on; lxplus is HTCondor too. */
export type SubmissionScheduler = 'htcondor' | 'slurm' | 'local';

/** A file of a plan; the folder of the submission is the only place where any lies. */
export interface IPlannedFile {
  /** Absolute, on the host. */
  readonly path: string;
  readonly text: string;
  /** Whether it is a program: permission bits 755, else 644. */
  readonly isProgram: boolean;
}

/** A job: some files of one dataset. */
export interface IPlannedJob {
  /** HTCondor's ProcId, the index in Slurm's array, or the first argument of a local script. */
  readonly proc: number;
  /** Its number among the jobs of its dataset, from 0; names of its files end with it. */
  readonly number: number;
  /** The key of the samples JSON, as it stands there. */
  readonly dataset: string;
  /** The input files, as they stand in the samples JSON. */
  readonly files: readonly string[];
  /** Absolute paths of what it reads. */
  readonly samplesJson: string;
  readonly runnerJson: string;
}

/** What one call of the scheduler makes: a cluster of HTCondor, an array or a job of Slurm. */
export interface IPlannedCluster {
  /** Unique in the submission, a safe file name such as `AN-GJet`, `AN-GJet.1` or `AN-GJet-17`. */
  readonly name: string;
  readonly dataset: string;
  /** Absolute: the `.sub` of HTCondor, the `.sh` of Slurm and local. */
  readonly submitFile: string;
  /** Absolute: what the jobs run. That of Slurm and local is the submit file itself. */
  readonly wrapper: string;
  /** The command, with `jobs` as working folder; local: the script, which takes a `proc` as argument. */
  readonly argv: readonly string[];
  /** In the order of their `proc`, which are 0, 1, 2 ... */
  readonly jobs: readonly IPlannedJob[];
  /**
   * Absolute: the file that says whose jobs may run, one line and a line end:
   * `<schedd>#<ClusterId>` as in GlobalJobId, the job id of Slurm (of the array), or HEPBATCH_CLUSTER of a
   * local run. Whoever comes first makes it, by `link` from a file beside it: the recording agent or the
   * first job. Jobs of any other cluster end with `EXIT.fenced`. It is never overwritten.
   */
  readonly record: string;
  /** Absolute, with `$(ClusterId)` and `$(ProcId)` of HTCondor, `%A`, `%j` and `%a` of Slurm; local: `%a`. */
  readonly log: string | null;
  readonly output: string;
  readonly error: string;
}

/** Something a person should know before: `refused` keeps it from being submitted. */
export interface IProblem {
  readonly level: 'refused' | 'warning';
  readonly message: string;
  readonly next: string;
}

/** A submission with everything that will be written and run; nothing is done yet. */
export interface IPlan {
  /** In every submit file: `MY.HepbatchSubmission` of HTCondor, in the comment of Slurm. */
  readonly token: string;
  readonly scheduler: SubmissionScheduler;
  /** File name of the runner JSON up to its first dot, made safe. */
  readonly analysis: string;
  /** Absolute; made exclusively (`mkdir` without -p), a name that is taken is a conflict. */
  readonly folder: string;
  /** All folders, parents first: the one of the framework, the submission's, `inputs`, `jobs`. */
  readonly folders: readonly string[];
  /** `<folder>/jobs`, working folder of the submit commands. */
  readonly jobsFolder: string;
  /** What `jobs` need comes first, `inputs` after. */
  readonly files: readonly IPlannedFile[];
  readonly clusters: readonly IPlannedCluster[];
  /** Whether HTCondor spools: output comes back by condor_transfer_data. */
  readonly spool: boolean;
  readonly problems: readonly IProblem[];
  readonly counts: {
    readonly datasets: number;
    readonly files: number;
    readonly jobs: number;
    readonly clusters: number;
  };
}

/** What the wrapper ends with by itself; every other status is the program's. */
export const EXIT = {
  /** Another cluster is the recorded one. */
  fenced: 120,
  /** The folder of the submission cannot be seen on the node, or the record not be made. */
  blind: 121,
  /** There is no such job, or its input is gone. */
  noJob: 122,
  /** A line of the setup failed. */
  setup: 123
} as const;

/** Attributes of every HTCondor job of a submission; Slurm's comment is `hepbatch:<token>:<name>`. */
export const ATTRIBUTE = { token: 'HepbatchSubmission', cluster: 'HepbatchCluster' } as const;
