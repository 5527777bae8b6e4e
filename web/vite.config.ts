import { createReadStream, createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What compresses well; fonts are compressed already. */
const compressible = /^assets\/.*\.(js|css|svg)$/

/**
 * Puts a .br and a .gz beside each asset, for the server to send as they are.
 * It reads what was written: before writeBundle, Vite still changes the chunks.
 */
function compressed(): Plugin {
  return {
    name: 'remit-compressed',
    apply: 'build',
    async writeBundle(options, bundle) {
      const folder = options.dir ?? at('dist')
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
      const names = Object.keys(bundle).filter(name => compressible.test(name))
      await Promise.all(
        names.flatMap(name => {
          const file = join(folder, name)
          return [
            pipeline(createReadStream(file), createBrotliCompress(quality), createWriteStream(`${file}.br`)),
            pipeline(createReadStream(file), createGzip({ level: 9 }), createWriteStream(`${file}.gz`)),
          ]
        }),
      )
      // dist is committed empty, so that Go finds something to embed without Node.
      await writeFile(join(folder, '.gitkeep'), '')
    },
  }
}

export default defineConfig({
  plugins: [react(), compressed()],
  resolve: { alias: { '@': at('src') } },
  // The server puts a fresh nonce in its place in every page that it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    // What many routes share comes in one file: it compresses better, and is asked for once.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 10 }] } } },
  },
  server: {
    port: 5173,
    proxy: { '/api': 'http://127.0.0.1:8080' },
  },
})
