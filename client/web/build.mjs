// Builds the pages into dist, or into the folder named as the first argument: the same bytes from the same sources and
// packages, under names that never change. A build that fails leaves what was there.

import { build } from 'esbuild';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, 'dist'));

const { outputFiles } = await build({
  absWorkingDir: here,
  entryPoints: { app: 'src/pages/app.ts' },
  outdir: 'dist/assets', // only named here: the files are written below
  write: false,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
});

const files = new Map([
  ['index.html', await readFile(join(here, 'src/pages/index.html'))],
  ['assets/favicon.svg', await readFile(join(here, 'src/pages/favicon.svg'))],
  ...outputFiles.map(({ path, contents }) => [path.slice(join(here, 'dist/').length), contents]),
]);

for (const [name, contents] of files) {
  await mkdir(dirname(join(out, name)), { recursive: true });
  await writeFile(join(out, name), contents);
}
for (const old of await readdir(out, { recursive: true, withFileTypes: true })) {
  const name = join(old.parentPath, old.name).slice(out.length + 1);
  if (old.isFile() && !files.has(name)) await rm(join(out, name));
}
