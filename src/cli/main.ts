import { Command } from 'commander';
import { FORGEGATE_VERSION } from '../config/version.js';
import { backupCommand } from './backup.command.js';
import { callCommand } from './call/call.command.js';
import { clientCommand } from './client.command.js';
import { completionCommand } from './completion.command.js';
import { configCommand } from './config.command.js';
import { doctorCommand } from './doctor.command.js';
import { keyCommand } from './key.command.js';
import { masterKeyCommand } from './master-key.command.js';
import { listenCommand } from './listen.command.js';
import { pluginCommand } from './plugin.command.js';
import { restoreCommand } from './restore.command.js';
import { runProgram } from './run-program.js';

const program = new Command('forgegate')
  .description(
    'Command line of the Forgegate gateway. Settings come from the environment and forgegate.yaml.',
  )
  .version(FORGEGATE_VERSION)
  .addCommand(configCommand())
  .addCommand(keyCommand())
  .addCommand(masterKeyCommand())
  .addCommand(callCommand('call', 'forgegate call'))
  .addCommand(clientCommand())
  .addCommand(listenCommand())
  .addCommand(completionCommand())
  .addCommand(doctorCommand())
  .addCommand(pluginCommand())
  .addCommand(backupCommand())
  .addCommand(restoreCommand());

await runProgram(program);
