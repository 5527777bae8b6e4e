import type { Texts } from './i18n'

/** The German texts of the settings' pages, in a chunk of their own. */
export const germanSettings = import.meta.glob<Texts>('../features/settings/*/i18n/de.ts', { eager: true })
