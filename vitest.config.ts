import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // The machine's own settings must not leak into a test.
    env: {
      NO_COLOR: '',
      FORCE_COLOR: '',
      CI: '',
      GITHUB_ACTIONS: '',
      COURIER_API_KEY: '',
      COURIER_BASE_URL: '',
      COURIER_JWT_ENV: '',
    },
    coverage: { provider: 'v8', include: ['src/**'] },
  },
});
