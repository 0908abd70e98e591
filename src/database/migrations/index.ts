import { Core1764000001000 } from './1764000001000-core.js';
import { Delivery1764000002000 } from './1764000002000-delivery.js';

/** In order; listed one by one because TypeORM's globs do not survive ESM builds. */
export const MIGRATIONS = [Core1764000001000, Delivery1764000002000];
