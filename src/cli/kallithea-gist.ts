import { gistCommand } from './call/gist.command.js';
import { runProgram } from './run-program.js';

await runProgram(gistCommand('kallithea-gist'));
