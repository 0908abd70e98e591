import type { PrintedMethods } from '../printed-method.js';
import { reading } from './reading.js';
import { writing } from './writing.js';

export const rhodecode13: PrintedMethods = { ...reading, ...writing };
