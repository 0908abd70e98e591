// Writes the reports of the plugin API (docs/sdk/*.api.md), or with --check says which of them are out of date: whoever
// changes what authors build on sees it in the diff. Needs a build.
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const ENTRIES = { sdk: 'dist/src/sdk/index.d.ts', 'sdk-testing': 'dist/src/plugin-testing/index.d.ts' };

for (const [name, entry] of Object.entries(ENTRIES)) {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: `${root}package.json`,
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: `${root}${entry}`,
      compiler: { tsconfigFilePath: `${root}tsconfig.json` },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: `${root}docs/sdk`,
        reportTempFolder: `${root}dist/api`,
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'none' } },
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  const { succeeded, apiReportChanged } = Extractor.invoke(config, {
    localBuild: !check,
    showVerboseMessages: false,
    messageCallback: (message) => (message.handled = true),
  });
  if (check && (apiReportChanged || !succeeded)) {
    console.error(
      `docs/sdk/${name}.api.md is out of date: run \`npm run generate\`, tell authors in CHANGELOG.md, and move`,
    );
    console.error(
      'SDK_VERSION: a minor for what is added, a major for what existing plugins would trip over.',
    );
    process.exitCode = 1;
  } else if (apiReportChanged) console.log(`wrote docs/sdk/${name}.api.md`);
}
