import { fileURLToPath } from 'node:url'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The program under test, with the web app inside. */
export const binary = process.env.REMIT_BIN ?? at('../../../bin/remit')

/** The documentation's screenshots, written only with REMIT_SCREENSHOTS=1. */
export const screenshots = at('../../../docs/screenshots')

/** Where a failed test leaves its picture; not committed. */
export const artifacts = at('../../.artifacts')

export const chromium = process.env.REMIT_CHROMIUM ?? '/usr/bin/chromium'
