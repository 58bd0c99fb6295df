/** Ids of the commands. */
export const COMMANDS = {
  create: 'hepbatch:new-submission',
  createFromJson: 'hepbatch:submit-selected-json',
  again: 'hepbatch:new-submission-like',
  missing: 'hepbatch:submit-missing',
  open: 'hepbatch:open-submission',
  import: 'hepbatch:import-submission',
  hold: 'hepbatch:hold-jobs',
  release: 'hepbatch:release-jobs',
  remove: 'hepbatch:remove-jobs',
  retry: 'hepbatch:retry-jobs',
  reconcile: 'hepbatch:reconcile-submission',
  resume: 'hepbatch:resume-submission',
  fetch: 'hepbatch:fetch-outputs',
  audit: 'hepbatch:audit-submission',
  forget: 'hepbatch:forget-submission'
} as const;
