/**
 * What makes a plugin an npm package with a build of its own. It gets the types of the SDK, and its testing kit, from a
 * clone of the gateway; when it runs, `forgegate/sdk` is the running gateway's.
 * @param clone path from the package to the clone
 */
export function packageFiles(id: string, clone: string): Record<string, string> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    'package.json': json({
      name: `forgegate-plugin-${id}`,
      version: '0.1.0',
      private: true,
      type: 'module',
      files: ['plugin.json', 'index.js'],
      scripts: { build: 'tsc', test: 'vitest run' },
      devDependencies: { forgegate: `file:${clone}`, typescript: '6.0.3', vitest: '4.1.12' },
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
      include: ['*.ts'],
      exclude: ['*.spec.ts'],
    }),
    '.gitignore': 'node_modules/\n*.js\n',
    'README.md': `# ${id}\n\nA plugin for Forgegate.\n\n\`\`\`sh\nnpm install && npm run build && npm test\nFORGEGATE_PLUGINS_DIR=.. npm start --prefix ${clone}   # the folder above holds this one\n\`\`\`\n`,
  };
}
