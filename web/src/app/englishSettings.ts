import type { Texts } from './i18n'

/** The English texts of the settings' pages, in a chunk of their own. */
export const englishSettings = import.meta.glob<Texts>('../features/settings/*/i18n/en.ts', { eager: true })
