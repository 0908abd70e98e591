// Writes the reports of the plugin API (docs/sdk/*.api.md), or with --check says which of them are out of date, and whether
// SDK_VERSION and CHANGELOG.md moved with what changed since the released version. That one is docs/sdk/released.json,
// which --record writes at a release. Needs a build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { sdkApi, sdkProblems } from '../dist/src/reference/index.js';
import { SDK_VERSION } from '../dist/src/sdk/version.js';

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
    console.error(`docs/sdk/${name}.api.md is out of date: run \`npm run generate\` and commit the result`);
    process.exitCode = 1;
  } else if (apiReportChanged) console.log(`wrote docs/sdk/${name}.api.md`);
}

const read = (path) => readFileSync(join(root, path), 'utf8');
const declarations = ['dist/src/sdk', 'dist/src/plugin-testing'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => read(join(folder, name))),
);
const now = sdkApi(
  SDK_VERSION,
  Object.keys(ENTRIES).map((name) => read(`docs/sdk/${name}.api.md`)),
  declarations,
);
const RELEASED = 'docs/sdk/released.json';
const [, authors = ''] = read('CHANGELOG.md').split('### For plugin authors');
const problems = sdkProblems(JSON.parse(read(RELEASED)), now, authors.split('\n## ')[0]);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = check || process.argv.includes('--record') ? 1 : 0;
else if (process.argv.includes('--record'))
  writeFileSync(join(root, RELEASED), `${JSON.stringify(now, null, 1)}\n`);
