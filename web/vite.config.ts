import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The dashboard, built into dist/web, from where the service serves it (src/server/routes/web.ts). */
export default defineConfig({
  root: at('.'),
  plugins: [react()],
  resolve: { alias: { 'homophily/client': at('../src/client/index.ts') } },
  // The service puts a fresh nonce in its place with each answer.
  html: { cspNonce: 'HOMOPHILY-NONCE' },
  build: {
    outDir: at('../dist/web'),
    emptyOutDir: true,
    target: 'es2023',
    // Fonts and pictures stay files: the policy has no use for data: URLs of scripts or styles.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  // `npx vite web` beside `homophily serve`: the API comes from there.
  server: { proxy: { '/v1': 'http://127.0.0.1:7070', '/health': 'http://127.0.0.1:7070' } },
})
