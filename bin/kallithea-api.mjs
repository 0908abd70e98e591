#!/usr/bin/env node
// The name under which old scripts call it; see forgegate.mjs.
import { readyOrExit } from '../scripts/ready.mjs';

await readyOrExit();
process.setSourceMapsEnabled(true);
await import('../dist/src/cli/kallithea-api.js');
