/** Ids of the commands of dashboards. */
export const DASHBOARD_COMMANDS = {
  open: 'hepbatch:open-dashboards',
  layout: 'hepbatch:lay-out-dashboards',
  choose: 'hepbatch:choose-dashboards'
} as const;
