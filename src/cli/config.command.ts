import { Command } from 'commander';
import { describeSettings, type SettingInForce } from '../config/describe-settings.js';
import { loadSettings } from '../config/load-settings.js';

export function configCommand(): Command {
  return new Command('config')
    .description('Print the settings in force, secrets masked')
    .option('--json', 'as a JSON list')
    .addHelpText(
      'after',
      '\nExamples:\n  npm run config\n  npx forgegate config --json\n  PORT=8080 npx forgegate config',
    )
    .action(({ json }: { json?: boolean }) => {
      const rows = describeSettings(loadSettings());
      console.log(json ? JSON.stringify(rows, null, 2) : settingsTable(rows));
    });
}

/** Columns as wide as they need to be; the value comes last but one because it varies most. */
export function settingsTable(rows: readonly SettingInForce[]): string {
  const width = (pick: (row: SettingInForce) => string) => Math.max(...rows.map((row) => pick(row).length));
  const name = width((row) => row.name);
  const value = Math.min(60, Math.max(5, ...rows.map((row) => shown(row).length)));
  const line = (cells: readonly [string, string, string, string]) =>
    `${cells[0].padEnd(name)}  ${cells[1].padEnd(7)}  ${cells[2].padEnd(value)}  ${cells[3]}`.trimEnd();
  return [
    line(['SETTING', 'SOURCE', 'VALUE', 'MEANING']),
    ...rows.map((row) => line([row.name, row.source, shown(row), row.meaning])),
  ].join('\n');
}

function shown(row: SettingInForce): string {
  return row.value || '-';
}
