#!/usr/bin/env node
// `npx forgegate ...` in a clone: makes it ready, then becomes the command line, in this same process, so that exit
// codes and signals need no passing on.
import { readyOrExit } from '../scripts/ready.mjs';

await readyOrExit();
process.setSourceMapsEnabled(true);
await import('../dist/src/cli/main.js');
