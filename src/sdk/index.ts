export * from './json.js';
export * from './outcome.js';
export * from './adapter.js';
export * from './http-outcome.js';
export * from './globs.js';
export * from './contributions/index.js';
export * from './plugin.js';
export * from './events/index.js';
export { SDK_VERSION } from './version.js';
