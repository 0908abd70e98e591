import { relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { ISOLATIONS } from '../plugin-host/manifest-schema.js';
import { loadSettings } from '../config/load-settings.js';
import { banner } from './banner.js';
import { CommandError } from './command-error.js';
import { objectIn } from './json-option.js';
import type { DocsFormat } from './plugin/docs.js';
import { CLONE, KINDS, scaffold, type TemplateKind } from './plugin/scaffold.js';
import { verifyPlugin } from './plugin/verify.js';

interface NewOptions {
  kind: TemplateKind;
  language: 'typescript' | 'python';
  isolation?: string;
  standalone?: true | string;
}

export function pluginCommand(): Command {
  return new Command('plugin')
    .description('Write plugins')
    .addCommand(newCommand())
    .addCommand(devCommand())
    .addCommand(verifyCommand())
    .addCommand(docsCommand());
}

function newCommand(): Command {
  return new Command('new')
    .description('Make the folder of a new plugin, which builds and passes its tests at once')
    .argument('<id>', 'its name, kebab-case')
    .addOption(
      new Option('--kind <kind>', `what it adds: ${KINDS.join(', ')}`).choices(KINDS).makeOptionMandatory(),
    )
    .addOption(
      new Option('--language <language>', 'python makes a child process')
        .choices(['typescript', 'python'])
        .default('typescript'),
    )
    .addOption(new Option('--isolation <tier>', 'where it runs').choices(ISOLATIONS))
    .option(
      '--standalone [folder]',
      'an npm package in that folder, else in the current one, instead of plugins/',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  npx forgegate plugin new my-chat --kind adapter\n' +
        '  npx forgegate plugin new my-chat --kind adapter --language python\n' +
        '  npx forgegate plugin new my-rules --kind policy --isolation worker --standalone ../my-plugins',
    )
    .action(async (id: string, options: NewOptions) => {
      const { kind, language, isolation = null } = options;
      const standalone = options.standalone !== undefined;
      const elsewhere = typeof options.standalone === 'string' ? options.standalone : '.';
      if (language === 'python' && isolation !== null && isolation !== 'child')
        throw new CommandError('A plugin in Python runs as a child: leave --isolation away.');
      const into = standalone ? resolve(elsewhere) : resolve(CLONE, 'plugins');
      const folder = await scaffold({ id, kind, language, isolation, standalone, into });
      const shown = relative(process.cwd(), folder) || folder;
      console.log(`Made ${shown}.`);
      console.log(nextSteps(shown, { language, standalone }));
    });
}

function nextSteps(
  folder: string,
  { language, standalone }: { language: string; standalone: boolean },
): string {
  if (language === 'python')
    return `Its tests: (cd ${folder} && python3 -m unittest)\nAll of it:  npx forgegate plugin verify ${folder}`;
  return standalone
    ? `Its tests: (cd ${folder} && npm install && npm run build && npm test)`
    : `Its tests: npx vitest run ${folder}\nAll of it:  npx forgegate plugin verify ${folder}`;
}

function verifyCommand(): Command {
  return new Command('verify')
    .description('Check manifest, imports, types and tests of a plugin')
    .argument('<folder>')
    .action(async (folder: string) => {
      const findings = await verifyPlugin(folder);
      for (const { what, problems } of findings) {
        console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${what}`);
        for (const problem of problems) console.log(`       ${problem}`);
      }
      if (findings.some(({ problems }) => problems.length > 0))
        throw new CommandError('The plugin is not ready.');
    });
}

function docsCommand(): Command {
  return new Command('docs')
    .description(
      'Write down what a plugin adds to the API: its methods and event types, from their declarations',
    )
    .argument('<folder>')
    .addOption(
      new Option('--format <format>', 'a page, an OpenRPC document, or a typed client in TypeScript')
        .choices(['markdown', 'openrpc', 'client'] satisfies DocsFormat[])
        .default('markdown'),
    )
    .option('--config <json>', 'settings of the plugin, where it does not start without', '{}')
    .addHelpText('after', '\nExample:\n  npx forgegate plugin docs plugins/my-methods > my-methods.md')
    .action(async (folder: string, { format, config }: { format: DocsFormat; config: string }) => {
      const { pluginDocs } = await import('./plugin/docs.js');
      process.stdout.write(await pluginDocs(folder, format, objectIn('--config', config), loadSettings()));
    });
}

function devCommand(): Command {
  return new Command('dev')
    .description('Run a gateway with a plugin that is loaded anew whenever one of its files changes')
    .argument('<folder>')
    .addHelpText(
      'after',
      '\nSettings are those of `npm start`; FORGEGATE_HOME=/tmp/play keeps it away from the data of another gateway.',
    )
    .action(async (folder: string) => {
      // The whole gateway, which no other command needs
      const [{ PluginDev }, { startFacts }] = await Promise.all([
        import('./plugin/dev.js'),
        import('../start-facts.js'),
      ]);
      const dev = await PluginDev.start(folder, loadSettings(), (line) => console.log(line));
      console.log(banner(await startFacts(dev.gateway)));
      await new Promise<void>((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
      await dev.stop();
    });
}
