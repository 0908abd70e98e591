// `npm run bench` has built the TypeScript beside this file by now.
await import('../dist/benchmarks/main.js');
