import { createRequire } from "node:module";
import { defineConfig } from "vitest/config";

const node = (name: string, include: string[], slow = false) => ({
  // Vite would take GraphQL's other build, and graphql-jit refuses a schema that is not of its own.
  resolve: { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve("graphql") }] },
  test: {
    name,
    include,
    environment: "node" as const,
    testTimeout: slow ? 180_000 : 30_000,
    hookTimeout: slow ? 600_000 : 60_000,
    ...(slow && { fileParallelism: true, globalSetup: ["./e2e/setup.ts"] }),
  },
});

/** `unit` needs Node alone; `e2e` needs Python with venv, PyPI (or a filled cache) and Chromium. */
export default defineConfig({
  test: {
    projects: [
      node("unit", ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts"]),
      node("e2e", ["e2e/**/*.test.ts"], true),
    ],
  },
});
