/**
 * What makes a plugin an npm package with a build of its own. It gets the types of the SDK, and its testing kit, from the
 * package of the gateway that lies beside it; when it runs, `forgegate/sdk` is the running gateway's.
 * @param gateway name of that file
 */
export function packageFiles(id: string, gateway: string): Record<string, string> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'package.json': json({
      name: `forgegate-plugin-${id}`,
      version: '0.1.0',
      private: true,
      type: 'module',
      files: ['plugin.json', '**/*.js'],
      scripts: { build: 'tsc', test: 'vitest run' },
      devDependencies: { forgegate: `file:${gateway}`, typescript: '6.0.3', vitest: '4.1.12' },
    }),
    'tsconfig.json': json({
      compilerOptions: {
        target: 'ES2022',
        module: 'NodeNext',
        moduleResolution: 'NodeNext',
        strict: true,
        skipLibCheck: true,
        types: [],
      },
      include: ['**/*.ts'],
      exclude: ['node_modules', '**/*.spec.ts'],
    }),
    // The first gateway of a run starts a database
    'vitest.config.mjs': 'export default { test: { testTimeout: 30_000, hookTimeout: 60_000 } };\n',
    '.gitignore': 'node_modules/\n*.js\n',
    'README.md': readme(id, gateway),
  };
}

const readme = (id: string, gateway: string) => `# ${id}

A plugin for Forgegate.

\`\`\`sh
npm install && npm run build && npm test
npx forgegate plugin verify .
npx forgegate plugin dev .     # a gateway with it, which loads it anew when a file changes
\`\`\`

A gateway finds it, once it is built, when \`FORGEGATE_PLUGINS_DIR\` is the folder above this one. \`${gateway}\` is the
gateway that it was written for; \`npm pack\` in a clone makes a newer one, \`npm install -D ./forgegate-....tgz\` takes it.
`;
