import { defineConfig } from 'vitest/config';

// Tests wait on state, never on time; the limit is for machines that are busy with something else.
export default defineConfig({ test: { include: ['test/**/*.test.ts'], testTimeout: 60_000, css: true } });
