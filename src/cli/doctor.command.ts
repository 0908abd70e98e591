import { Command } from 'commander';
import { Logger } from '@nestjs/common';
import { loadSettings } from '../config/load-settings.js';
import type { Settings } from '../config/settings.js';
import { SettingsError } from '../config/settings-error.js';
import { CommandError } from './command-error.js';
import { broken, ok, type Finding } from './doctor/finding.js';
import { installationFindings } from './doctor/installation.js';
import { machineFindings } from './doctor/machine.js';
import { adapterFindings, pluginFindings } from './doctor/plugins.js';

const SIGNS = { ok: 'ok    ', note: 'note  ', broken: 'BROKEN' } as const;

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Look at the machine, the settings, the database and every plugin, and say what mends what is broken',
    )
    .option('--json', 'as a JSON list')
    .addHelpText(
      'after',
      '\nWhile the gateway runs, plugins are as it reports them; while it does not, each is loaded and set up once.\n' +
        'Ends with 1 when something is broken.',
    )
    .action(async ({ json }: { json?: true }) => {
      Logger.overrideLogger(false);
      const findings = await examine();
      console.log(json ? JSON.stringify(findings, null, 2) : findings.map(shown).join('\n'));
      const count = findings.filter(({ state }) => state === 'broken').length;
      if (count > 0)
        throw new CommandError(count === 1 ? 'One thing is broken.' : `${count} things are broken.`);
    });
}

/** Everything that can be looked at; what depends on settings is not, when they cannot be read. */
export async function examine(read: () => Settings = loadSettings): Promise<Finding[]> {
  let settings: Settings;
  try {
    settings = read();
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return [
      broken(
        'settings',
        error.message,
        'Mend them in the environment or forgegate.yaml; docs/settings.md lists them.',
      ),
    ];
  }
  return [
    ok('settings', 'readable; `forgegate config` shows them'),
    ...(await machineFindings(settings)),
    ...(await installationFindings(settings)),
    ...(await pluginFindings(settings)),
    ...(await adapterFindings(settings)),
  ];
}

function shown({ what, state, text, remedy }: Finding): string {
  const line = `${SIGNS[state]}  ${what}: ${text}`;
  return remedy === undefined ? line : `${line}\n        ${remedy}`;
}
