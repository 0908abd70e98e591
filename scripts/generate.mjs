// Writes the generated files, or with --check says which of them are out of date. Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { generatedFiles, isToldOf, wireFingerprint } from '../dist/src/reference/index.js';

const check = process.argv.includes('--check');
const examples = fileURLToPath(new URL('../docs/examples', import.meta.url));
const stale = [];
const files = await generatedFiles(examples);
for (const [path, text] of Object.entries(files)) {
  const file = new URL(`../${path}`, import.meta.url);
  let present = null;
  try {
    present = readFileSync(file, 'utf8');
  } catch {
    // not there yet
  }
  if (present === text) continue;
  if (check) stale.push(path);
  else {
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}; run \`npm run generate\` and commit the result`);
  process.exitCode = 1;
}
const wire = wireFingerprint(JSON.parse(files['docs/openrpc.json']));
if (!isToldOf(wire, readFileSync(new URL('../CHANGELOG.md', import.meta.url), 'utf8'))) {
  console.error(
    `the wire changed: tell of it in a line of CHANGELOG.md under Unreleased that ends with [wire ${wire}]`,
  );
  if (check) process.exitCode = 1;
}
