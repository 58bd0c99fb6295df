/** Ids of the commands. */
export const COMMANDS = {
  create: 'hepbatch:new-cluster',
  add: 'hepbatch:add-cluster',
  show: 'hepbatch:show-cluster',
  scale: 'hepbatch:scale-cluster',
  adapt: 'hepbatch:adapt-cluster',
  stop: 'hepbatch:stop-cluster',
  clean: 'hepbatch:clean-cluster',
  remove: 'hepbatch:remove-cluster',
  again: 'hepbatch:start-cluster-again',
  insert: 'hepbatch:insert-client-code',
  copy: 'hepbatch:copy-client-code',
  loopback: 'hepbatch:switch-loopback-port',
  kernels: 'hepbatch:connect-new-kernels',
  record: 'hepbatch:start-performance-report',
  report: 'hepbatch:save-performance-report',
  logs: 'hepbatch:show-cluster-logs',
  details: 'hepbatch:show-cluster-details',
  losses: 'hepbatch:show-lost-workers'
} as const;
