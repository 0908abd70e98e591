export * from './handler.js';
export * from './method.js';
export * from './page.js';
export * from './policy.js';
export * from './schedule.js';
