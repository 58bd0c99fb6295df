export * from './agent';
export * from './audits';
export * from './endpoint';
export * from './errors';
export * from './events';
export * from './statuses';
