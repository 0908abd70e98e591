import { callCommand } from './call/call.command.js';
import { runProgram } from './run-program.js';

await runProgram(callCommand('kallithea-api'));
