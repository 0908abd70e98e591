#!/usr/bin/env node
// `npx forgegate ...` in a clone: makes it ready, then becomes the command line, in this same process, so that exit
// codes and signals need no passing on.
import { readyOrExit } from '../scripts/ready.mjs';

const [command, part] = process.argv.slice(2);
// They read the sources of a plugin, so that a new one costs no build, and one that does not compile can be verified
const readsSources = command === 'plugin' && ['new', 'verify', 'docs', 'dev'].includes(part);
await readyOrExit({ plugins: !readsSources });
process.setSourceMapsEnabled(true);
await import('../dist/src/cli/main.js');
